"""The caller's recent sign-ins, and failed ones."""

from typing import Annotated, Final

from fastapi import Query, Request

from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import SignedIn, get_context, public
from arti.orgs.sign_ins import schemas, store
from arti_core.database import member_transaction

router = ApiRouter(tags=["orgs"])

# By the action of the auth service's audit log.
_RESULTS: Final = {
    "login": schemas.SignInResult.SIGNED_IN,
    "user_signedup": schemas.SignInResult.SIGNED_IN,
    "login_failed": schemas.SignInResult.FAILED,
    "verification_failed": schemas.SignInResult.FACTOR_FAILED,
    "user_updated_password": schemas.SignInResult.PASSWORD_CHANGED,
    "token_revoked": schemas.SignInResult.SESSION_ENDED,
}


@router.get("/auth/sign-ins")
@public
async def list_sign_ins(
    request: Request, principal: SignedIn, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[schemas.SignIn]:
    """List the caller's own sign-ins and failed attempts, newest first."""
    async with member_transaction(get_context(request).pool, principal, read_only=True) as connection:
        rows = await store.list_own_sign_ins(connection, limit=limit)
    return [schemas.SignIn(result=_RESULTS[row["action"]], **dict(row)) for row in rows]

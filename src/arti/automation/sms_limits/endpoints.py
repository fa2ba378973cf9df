"""HTTP of the limits of SMS."""

from typing import Annotated

from arti.automation.sms_limits import service
from arti.automation.sms_limits.schemas import SmsLimits, SmsUse
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(prefix="/api/sms-use", tags=["automation"])

Reader = Annotated[Access, needs(Permission.AUTOMATION_READ)]
Manager = Annotated[Access, needs(Permission.ORG_MANAGE)]


@router.get("")
async def get_sms_use(access: Reader) -> SmsUse:
    """Return how many SMS the active org sent this month, and what they cost."""
    return await service.read_use(access)


@router.put("/limits")
async def put_sms_limits(access: Manager, limits: SmsLimits) -> SmsUse:
    """Set how many SMS the active org wants to send in a month, and for how much."""
    await service.set_limits(access, limits)
    return await service.read_use(access)

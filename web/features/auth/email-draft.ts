/** The address typed so far: shared by the sign-in pages, in memory only. */
let typed = "";

export const draftEmail = () => typed;
export const setDraftEmail = (email: string) => {
  typed = email;
};

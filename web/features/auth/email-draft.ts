/** The address typed so far: it goes along from one page of the sign-in to the next, in memory only. */
let typed = "";

export const draftEmail = () => typed;
export const setDraftEmail = (email: string) => {
  typed = email;
};

/** A view of the list of tasks that somebody gave a name, for all who use the server. */
import { z } from "zod";
import { GivenName } from "./given_name.ts";
import { StoredText } from "./stored_text.ts";

/** Views of one server. */
export const VIEWS_MAX = 100;

/** What the view shows, as the address of the list has it. */
const ViewQuery = StoredText.max(2_000)
  .meta({ description: "The list's parameters, such as q=state%3Afailed&col=wait" });

/** What is said of a view when it is saved. */
export const View = z.strictObject({
  name: GivenName.meta({ description: "What the view is called" }),
  query: ViewQuery,
});

/** See the head of this file. */
export interface SavedView {
  readonly name: string;
  /** Parameters of the list's address, without `?`. */
  readonly query: string;
  readonly savedAtMs: number;
}

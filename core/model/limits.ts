/**
 * Limits that threads of their own share with the server. They are no part of the schemas: whoever
 * imports those loads a library that takes a thread longer than all that it does to start.
 */

/** The largest result of a task, as JSON, in characters. */
export const RESULT_CHARS_MAX = 10_000_000;
/** Alerts on record, of which the oldest go. */
export const ALERTS_KEPT_MAX = 10_000;
/** Deliveries of alerts that are kept on record. */
export const DELIVERIES_KEPT_MAX = 200;

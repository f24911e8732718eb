/** A field that a request is refused for, as the wire calls it; empty for the whole, and why. */
export interface RefusedField {
  /** What cannot be done, in the words of the error. */
  readonly action: string;
  readonly field: string;
  readonly message: string;
  /** The path that was asked for. */
  readonly path: string;
}

/** What the API answers then. */
export function refusedInput({ action, field, message, path }: RefusedField) {
  const error = `${action}: ${field && `${field}: `}${message}`;
  const pointer = field && `/${field.replaceAll(".", "/")}`;
  return {
    status: 422,
    body: {
      success: false,
      error,
      code: "invalid_input",
      details: { faults: [{ field, pointer, message }] },
      type: "about:blank",
      title: "Unprocessable Entity",
      status: 422,
      detail: error,
      instance: path,
    },
  };
}

/** Why a notice was not delivered, in one sentence, and whether another try can go better. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  /** The same would happen again: it is not tried once more. */
  readonly isFinal: boolean;
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs: number;

  /** Makes the error. */
  constructor(message: string, { isFinal = false, retryAfterMs = 0 } = {}) {
    super(message);
    this.isFinal = isFinal;
    this.retryAfterMs = retryAfterMs;
  }
}

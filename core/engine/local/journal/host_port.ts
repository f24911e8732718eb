/** How a Web Worker of the journal speaks with the server: the types of the page's own `self` are others. */
export interface HostPort<In, Out> {
  onmessage: ((event: MessageEvent<In>) => void) | null;
  postMessage(message: Out): void;
}

/** The port of the thread that calls. */
export function hostPort<In, Out>(): HostPort<In, Out> {
  return globalThis as unknown as HostPort<In, Out>; // in a worker it is
}

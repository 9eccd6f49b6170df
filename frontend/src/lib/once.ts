/** Made when it is first asked for: a formatter takes the browser milliseconds, and not every page needs it. */
export function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

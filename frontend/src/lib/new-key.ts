/** A random key of 128 bits; unlike crypto.randomUUID, getRandomValues is also there over plain http. */
export const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

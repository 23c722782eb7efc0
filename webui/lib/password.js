// password - how strong, roughly; and one that nobody has to think of.
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';

// 24 characters without those that look alike: 139 bits, and printable ASCII as every PFX reader takes it.
export function generate(length = 24) {
  const out = [];
  while (out.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      if (byte < 224 && out.length < length)   // 4 times 56: no letter is likelier than another
        out.push(ALPHABET[byte % 56]);
    }
  }
  return out.join('');
}

const WORDS = ['empty', 'weak', 'fair', 'good', 'strong'];

export function strength(text) {
  if (!text)
    return { score: 0, word: WORDS[0] };
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((k) => k.test(text)).length;
  const varied = new Set(text).size;
  const bits = Math.min(text.length, varied * 2) * (2.2 + kinds * 0.7);
  const score = bits < 34 ? 1 : bits < 52 ? 2 : bits < 72 ? 3 : 4;
  return { score, word: WORDS[score] };
}

//! Mutations that are the same in every run.
//!
//! Each input is a file of the corpus, damaged once to four times: bits flipped, pieces cut out,
//! doubled, moved or taken from another file, and words that parsers of HTTP trip over put in.

const WORDS: [&[u8]; 40] = [
    b"%00",
    b"%0d%0a",
    b"%2e%2e%2f",
    b"%2F",
    b"%25",
    b"%ff",
    b"%c0%af",
    b"%",
    b"+",
    b"&",
    b"=",
    b"?",
    b"#",
    b";",
    b",",
    b":",
    b"/",
    b"//",
    b"/../",
    b"/./",
    b"\\",
    b"\0",
    b"\r\n",
    b"\n",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"-1",
    b"0",
    b"18446744073709551616",
    b"0x10",
    b"1e9",
    b"*",
    b"\"",
    b"<a>",
    b"</a>",
    b"&#0;",
    b"X-Amz-Expires=900",
    b"x-amz-signature",
    b"x-amz-copy-source: /b/k\n",
];
const LONGEST: usize = 64 * 1024;

/// Makes one input after the other.
pub(super) struct Mutator<'c> {
    corpus: &'c [Vec<u8>],
    state: u64,
}

impl<'c> Mutator<'c> {
    /// Begins the sequence that belongs to `name`.
    pub(super) fn new(name: &str, corpus: &'c [Vec<u8>]) -> Self {
        let state = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { corpus, state }
    }

    /// The next input.
    pub(super) fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.file().to_vec();
        for _ in 0..=self.below(4) {
            self.damage(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn damage(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = at + self.below((input.len() - at).min(24) + 1);
        match self.below(8) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = u8::try_from(self.below(256)).unwrap(),
            2 => {
                input.drain(at..end);
            }
            3 => {
                let piece = input[at..end].to_vec();
                let to = self.below(input.len() + 1);
                input.splice(to..to, piece);
            }
            4 => {
                let other = self.file();
                let from = self.below(other.len() + 1);
                let to = from + self.below((other.len() - from).min(48) + 1);
                input.splice(at..end, other[from..to].iter().copied());
            }
            5 => input.truncate(at),
            _ => {
                let word = WORDS[self.below(WORDS.len())];
                input.splice(at..at, word.iter().copied());
            }
        }
    }

    fn file(&mut self) -> &'c [u8] {
        &self.corpus[self.below(self.corpus.len())]
    }

    /// A number below `bound`, by xorshift.
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap() % bound.max(1)
    }
}

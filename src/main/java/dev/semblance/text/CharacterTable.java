package dev.semblance.text;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * What the reference's BERT normaliser and pre-tokeniser take each code point for. Not Java's own tables: those of the
 * reference are of several Unicode versions, and Java's grow with the platform. The file was written by observing the
 * reference.
 *
 * <p>Thread: immutable once read; the sets are not to be written to.
 *
 * @param spaces       words end here
 * @param punctuation  words of their own
 * @param dropped      control, format and private-use characters that cleaning takes out
 * @param ideographs   spaces are put around these
 * @param decomposed   those that have a canonical decomposition; what it is, Unicode's stability policy guarantees for
 *                     any later version
 * @param stripped     accents: nonspacing marks
 * @param starters     those of the stripped across which marks are not reordered (canonical combining class 0)
 * @param ranks        combining marks that are not stripped → their place in the canonical order, [1 … {@link #RANKS}]
 * @param lower        code point → its lower case
 */
record CharacterTable(BitSet spaces, BitSet punctuation, BitSet dropped, BitSet ideographs, BitSet decomposed,
        BitSet stripped, BitSet starters, Map<Integer, Integer> ranks, Map<Integer, int[]> lower) {

    static final String FILE = "bert-characters.txt";

    /** Most places in the canonical order that {@link #ranks} tells apart. */
    static final int RANKS = 8;

    private static final String RANK = "rank-";
    private static final String LOWER = "lower";

    /** The one on board. */
    static CharacterTable read() {
        try (InputStream in = CharacterTable.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IOException("it is not on the class path");
            }
            return read(new BufferedReader(new InputStreamReader(in, US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " cannot be read; the program is packaged incompletely", e);
        }
    }

    private static CharacterTable read(BufferedReader lines) throws IOException {
        Map<String, BitSet> sets = new TreeMap<>();
        Map<Integer, Integer> ranks = new HashMap<>();
        Map<Integer, int[]> lower = new HashMap<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split(" ");
            for (int i = 1; i < words.length; i++) {
                if (words[0].equals(LOWER)) {
                    mapping(words[i], lower);
                } else if (words[0].startsWith(RANK)) {
                    int rank = Integer.parseInt(words[0].substring(RANK.length()));
                    range(words[i], 1, c -> ranks.put(c, rank));
                } else {
                    range(words[i], 1, sets.computeIfAbsent(words[0], _ -> new BitSet())::set);
                }
            }
        }
        return new CharacterTable(sets.remove("space"), sets.remove("punctuation"), sets.remove("dropped"),
                sets.remove("ideograph"), sets.remove("decomposed"), sets.remove("stripped"),
                sets.remove("starter"), ranks, lower);
    }

    /** {@code 41-5a>61}: a range and what its first becomes; {@code 100-12e/2>101}: every second of it; or two. */
    private static void mapping(String word, Map<Integer, int[]> lower) {
        String[] sides = word.split(">");
        String[] to = sides[1].split("\\+");
        String[] from = sides[0].split("/");
        int first = Integer.parseInt(from[0].split("-")[0], 16);
        range(from[0], from.length == 1 ? 1 : Integer.parseInt(from[1]), c -> {
            int[] mapped = new int[to.length];
            for (int i = 0; i < to.length; i++) {
                mapped[i] = Integer.parseInt(to[i], 16) + c - first;
            }
            lower.put(c, mapped);
        });
    }

    private static void range(String word, int step, IntConsumer each) {
        String[] ends = word.split("-");
        int last = Integer.parseInt(ends[ends.length - 1], 16);
        for (int c = Integer.parseInt(ends[0], 16); c <= last; c += step) {
            each.accept(c);
        }
    }
}

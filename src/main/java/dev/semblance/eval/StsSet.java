package dev.semblance.eval;

import java.util.List;

/**
 * A named set of pairs, all its subsets one after the other.
 *
 * @param name     as in the protocol ({@code STS12} … {@code STS16}, {@code STSB}, {@code SICK-R}), or the file's name
 *                 without its extension
 * @param source   the file or folder that it was read from
 * @param pairs    with a score; never empty
 * @param unscored pairs left out because they have no score
 * @param missing  files of the set that are not there: its figures are not those of the whole set
 */
public record StsSet(String name, String source, List<StsPair> pairs, int unscored, List<String> missing) {

    public StsSet {
        pairs = List.copyOf(pairs);
        missing = List.copyOf(missing);
    }

    /** The scores that people gave, in the order of the pairs. */
    double[] scores() {
        return pairs.stream().mapToDouble(StsPair::score).toArray();
    }
}

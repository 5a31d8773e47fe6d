package dev.semblance.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an encoder's work depends on.
 *
 * @param layers       transformer layers
 * @param hidden       length of a token's vector
 * @param intermediate length of the feed-forward layer's inside
 */
public record TransformerShape(int layers, int hidden, int intermediate) {

    /** all-MiniLM-L6-v2, the embedded model. */
    public static final TransformerShape MINILM_L6 = new TransformerShape(6, 384, 1536);

    private static final Pattern FORM = Pattern.compile("(\\d{1,4})x(\\d{1,6})x(\\d{1,6})");

    public TransformerShape {
        if (layers < 1 || hidden < 1 || intermediate < 1) {
            throw new IllegalArgumentException("a shape of " + layers + "x" + hidden + "x" + intermediate
                    + "; all three must be at least 1");
        }
    }

    /** {@code LAYERSxHIDDENxINTERMEDIATE}, such as {@code 12x768x3072}. @throws IllegalArgumentException for others */
    public static TransformerShape parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is no shape; expected LAYERSxHIDDENxINTERMEDIATE, such as 12x768x3072");
        }
        return new TransformerShape(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)),
                Integer.parseInt(form.group(3)));
    }

    /**
     * Floating-point operations that a text of {@code tokens} costs in matrix products; an addition and a multiplication
     * count as two. Per layer and token 2 · (4·h² + 2·h·i) for the four projections and the feed-forward layer, and per
     * layer 4 · h · tokens² for scores and weighted sums of the attention. Embedding, normalisation, softmax, activation
     * and pooling are not counted: below 3 % of it.
     *
     * @param firstTokenOnly of the last layer nothing but the first token's row is read (cls pooling): all tokens' keys
     *                       and values, but one row of everything else
     */
    public double flops(int tokens, boolean firstTokenOnly) {
        return firstTokenOnly
                ? (layers - 1) * layer(tokens, tokens) + layer(tokens, 1)
                : layers * layer(tokens, tokens);
    }

    /** @param rows that are computed of the layer's result */
    private double layer(int tokens, int rows) {
        double keysAndValues = 2.0 * 2 * hidden * hidden * tokens;
        double dense = 2.0 * (2.0 * hidden * hidden + 2.0 * hidden * intermediate) * rows;
        double attention = 4.0 * hidden * tokens * rows;
        return keysAndValues + dense + attention;
    }

    @Override
    public String toString() {
        return layers + "x" + hidden + "x" + intermediate;
    }
}

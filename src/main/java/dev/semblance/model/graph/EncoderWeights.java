package dev.semblance.model.graph;

import dev.semblance.model.ModelException;
import dev.semblance.model.graph.TensorNames.Part;
import dev.semblance.model.weights.Tensor;
import dev.semblance.model.weights.Weights;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * A model's weights by what they do; each is checked against the architecture when it is asked for, and read when the
 * graph is written. What the encoder does not use (poolers, heads) is never touched.
 *
 * <p>
 * Thread: as the weights.
 */
final class EncoderWeights {

    private final Architecture shape;
    private final TensorNames names;

    /**
     * A layer norm.
     *
     * @param gain  [hidden]
     * @param shift [hidden]
     */
    record Norm(String name, Tensor gain, Tensor shift) {}

    EncoderWeights(Architecture shape, Weights weights) {
        this.shape = shape;
        this.names = new TensorNames(shape.family(), weights);
        String next = names.of(shape.layers(), Part.QUERY) + ".weight";
        if (names.has(next)) {
            throw new ModelException(weights.source() + ": has a tensor " + next + ", but by config.json the model has "
                    + shape.layers() + " layers, the last of them " + (shape.layers() - 1)
                    + "; take config.json and weights of one model");
        }
    }

    /** [vocabulary × hidden]. */
    Supplier<float[]> words() {
        return names.tensor(TensorNames.WORDS).require(shape.vocabulary(), shape.hidden())::floats;
    }

    /**
     * [positions × hidden]: the rows that texts use. Each text is a single one, so the row of token type 0 belongs to
     * every token, and is added here once.
     */
    Supplier<float[]> positions() {
        int hidden = shape.hidden();
        int rows = shape.positionOffset() + shape.positions();
        Tensor table = names.tensor(TensorNames.POSITIONS).require(rows, hidden);
        Tensor types = shape.types() == 0 ? null : names.tensor(TensorNames.TYPES).require(shape.types(), hidden);
        return () -> {
            float[] used = Arrays.copyOfRange(table.floats(), shape.positionOffset() * hidden, rows * hidden);
            if (types != null) {
                float[] type = types.floats();
                for (int i = 0; i < used.length; i++) {
                    used[i] += type[i % hidden];
                }
            }
            return used;
        };
    }

    Norm embeddingNorm() {
        return norm("embeddings.norm", TensorNames.EMBEDDING_NORM);
    }

    LinearLayer query(int layer) {
        return linear(layer, Part.QUERY, shape.hidden(), shape.hidden());
    }

    LinearLayer key(int layer) {
        return linear(layer, Part.KEY, shape.hidden(), shape.hidden());
    }

    LinearLayer value(int layer) {
        return linear(layer, Part.VALUE, shape.hidden(), shape.hidden());
    }

    LinearLayer attentionOutput(int layer) {
        return linear(layer, Part.ATTENTION_OUTPUT, shape.hidden(), shape.hidden());
    }

    LinearLayer intermediate(int layer) {
        return linear(layer, Part.INTERMEDIATE, shape.hidden(), shape.intermediate());
    }

    LinearLayer output(int layer) {
        return linear(layer, Part.OUTPUT, shape.intermediate(), shape.hidden());
    }

    Norm attentionNorm(int layer) {
        return norm(plain(layer, Part.ATTENTION_NORM), names.of(layer, Part.ATTENTION_NORM));
    }

    Norm outputNorm(int layer) {
        return norm(plain(layer, Part.OUTPUT_NORM), names.of(layer, Part.OUTPUT_NORM));
    }

    private LinearLayer linear(int layer, Part part, int inputs, int outputs) {
        String name = names.of(layer, part);
        return new LinearLayer(plain(layer, part), inputs, outputs,
                names.tensor(name + ".weight").require(outputs, inputs), names.tensor(name + ".bias").require(outputs));
    }

    private Norm norm(String plain, String name) {
        return new Norm(plain, names.gain(name).require(shape.hidden()), names.shift(name).require(shape.hidden()));
    }

    /** The same in all families: names in the graph. */
    private static String plain(int layer, Part part) {
        return "layer." + layer + "." + part.name().toLowerCase(Locale.ROOT);
    }
}

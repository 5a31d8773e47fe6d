package dev.semblance.model.graph;

import dev.semblance.model.ModelException;
import dev.semblance.model.graph.Architecture.Activation;
import dev.semblance.model.graph.Architecture.Family;
import dev.semblance.model.weights.Weights;

/** The architecture of a model that comes without {@code config.json}, from the shapes of its weights. */
public final class WeightShapes {

    private WeightShapes() {}

    /**
     * Of weights under BERT's names.
     *
     * @param heads            shapes do not tell: all heads of a layer are one matrix
     * @param layerNormEpsilon shapes do not tell
     * @param activation       shapes do not tell
     * @throws ModelException if a table is missing or is no table
     */
    public static Architecture bert(Weights weights, int heads, int padTokenId, float layerNormEpsilon,
            Activation activation) {
        TensorNames names = new TensorNames(Family.BERT, weights);
        int[] words = table(weights, names, TensorNames.WORDS);
        int layers = 0;
        while (names.has(names.of(layers, TensorNames.Part.QUERY) + ".weight")) {
            layers++;
        }
        int intermediate = table(weights, names, names.of(0, TensorNames.Part.INTERMEDIATE) + ".weight")[0];
        if (heads < 1 || words[1] % heads != 0) {
            throw new ModelException(weights.source() + ": vectors of " + words[1] + " do not divide into " + heads
                    + " heads; state the model's own number of heads");
        }
        return new Architecture(Family.BERT, words[1], layers, heads, intermediate,
                table(weights, names, TensorNames.POSITIONS)[0], 0, table(weights, names, TensorNames.TYPES)[0],
                words[0], padTokenId, layerNormEpsilon, activation);
    }

    private static int[] table(Weights weights, TensorNames names, String name) {
        int[] shape = names.tensor(name).shape();
        if (shape.length != 2) {
            throw new ModelException(weights.source() + ": tensor " + name + " has " + shape.length
                    + " axes, not 2; take the weights of a BERT encoder");
        }
        return shape;
    }
}

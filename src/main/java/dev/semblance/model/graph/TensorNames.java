package dev.semblance.model.graph;

import dev.semblance.model.ModelException;
import dev.semblance.model.graph.Architecture.Family;
import dev.semblance.model.weights.Tensor;
import dev.semblance.model.weights.Weights;
import java.util.List;
import java.util.SortedSet;

/**
 * Finds a model's tensors: by the names of its family, under whatever one prefix the trainer put before them.
 *
 * <p>
 * Thread: as the weights.
 */
// transformers: modeling_bert.py, modeling_roberta.py, modeling_distilbert.py; gamma and beta are TensorFlow's names.
final class TensorNames {

    static final String WORDS = "embeddings.word_embeddings.weight";
    static final String POSITIONS = "embeddings.position_embeddings.weight";
    static final String TYPES = "embeddings.token_type_embeddings.weight";
    static final String EMBEDDING_NORM = "embeddings.LayerNorm";

    private final Weights weights;
    private final Family family;
    private final String prefix;
    private final SortedSet<String> present;

    /** A part of each layer; named as BERT does, then as DistilBERT does. */
    enum Part {
        QUERY("attention.self.query", "attention.q_lin"),
        KEY("attention.self.key", "attention.k_lin"),
        VALUE("attention.self.value", "attention.v_lin"),
        ATTENTION_OUTPUT("attention.output.dense", "attention.out_lin"),
        ATTENTION_NORM("attention.output.LayerNorm", "sa_layer_norm"),
        INTERMEDIATE("intermediate.dense", "ffn.lin1"),
        OUTPUT("output.dense", "ffn.lin2"),
        OUTPUT_NORM("output.LayerNorm", "output_layer_norm");

        private final String bert;
        private final String distilbert;

        Part(String bert, String distilbert) {
            this.bert = bert;
            this.distilbert = distilbert;
        }
    }

    TensorNames(Family family, Weights weights) {
        this.weights = weights;
        this.family = family;
        this.present = weights.names();
        List<String> words = present.stream().filter(n -> n.equals(WORDS) || n.endsWith("." + WORDS)).toList();
        if (words.isEmpty()) {
            throw new ModelException(weights.source() + ": tensor " + WORDS + " is missing, with or without a prefix;"
                    + " it holds " + present.size() + " tensors" + (present.isEmpty()
                            ? ""
                            : ", " + present.first()
                                    + " first")
                    + "; take the weights of an encoder of the BERT family");
        }
        if (words.size() > 1) {
            throw new ModelException(weights.source() + ": has " + words.size() + " encoders: " + words
                    + "; only one is supported, export the one that is meant by itself");
        }
        this.prefix = words.getFirst().substring(0, words.getFirst().length() - WORDS.length());
    }

    /** @param name after the prefix */
    boolean has(String name) {
        return present.contains(prefix + name);
    }

    /** @param name after the prefix */
    Tensor tensor(String name) {
        return required(prefix + name);
    }

    /** {@code weight} of a layer norm, under its old name too. */
    Tensor gain(String norm) {
        return either(norm + ".weight", norm + ".gamma");
    }

    /** {@code bias} of a layer norm, under its old name too. */
    Tensor shift(String norm) {
        return either(norm + ".bias", norm + ".beta");
    }

    private Tensor either(String name, String old) {
        return required(present.contains(prefix + old) && !present.contains(prefix + name)
                ? prefix + old
                : prefix + name);
    }

    private Tensor required(String name) {
        if (!present.contains(name)) {
            throw new ModelException(weights.source() + ": tensor " + name
                    + " is missing; take config.json and weights of one model, and fetch them again");
        }
        return weights.tensor(name);
    }

    /** After the prefix. */
    String of(int layer, Part part) {
        return family == Family.DISTILBERT
                ? "transformer.layer." + layer + "." + part.distilbert
                : "encoder.layer." + layer + "." + part.bert;
    }
}

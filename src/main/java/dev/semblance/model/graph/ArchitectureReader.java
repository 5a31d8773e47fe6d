package dev.semblance.model.graph;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.semblance.model.ModelException;
import dev.semblance.model.graph.Architecture.Activation;
import dev.semblance.model.graph.Architecture.Family;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads {@code config.json} as Hugging Face's transformers write it. Whatever would change the outcome and is not
 * supported is refused; fields that change nothing are passed over.
 */
// transformers: configuration_bert.py, configuration_roberta.py, configuration_distilbert.py, activations.py.
public final class ArchitectureReader {

    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private static final Map<String, Family> FAMILIES = new TreeMap<>(Map.of("bert", Family.BERT, "roberta",
            Family.ROBERTA, "xlm-roberta", Family.ROBERTA, "camembert", Family.ROBERTA, "distilbert",
            Family.DISTILBERT));
    private static final Map<String, Activation> ACTIVATIONS = new TreeMap<>(Map.of("gelu", Activation.GELU,
            "gelu_python", Activation.GELU, "gelu_new", Activation.GELU_TANH, "gelu_fast", Activation.GELU_TANH,
            "gelu_pytorch_tanh", Activation.GELU_TANH));

    private static final int SHOWN_CHARS = 200;
    private static final int MAX_HIDDEN = 16_384;
    private static final int MAX_LAYERS = 256;
    private static final int MAX_INTERMEDIATE = 65_536;
    private static final int MAX_POSITIONS = 65_536;
    private static final int MAX_TYPES = 1_024;
    private static final int MAX_VOCABULARY = 5_000_000;
    private static final double MAX_EPSILON = 0.01;
    private static final double USUAL_EPSILON = 1e-12;

    private final String file;
    private final JsonNode root;

    private ArchitectureReader(String file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /**
     * @param file named in errors
     * @throws ModelException naming file, field, value and what is supported
     */
    public static Architecture read(byte[] configJson, String file) {
        JsonNode root;
        try {
            root = JSON.readTree(configJson);
        } catch (JsonProcessingException e) {
            throw new ModelException(file + ": is no valid JSON: " + e.getOriginalMessage() + " at line "
                    + e.getLocation().getLineNr() + "; fetch it again", e);
        } catch (IOException e) {
            throw new ModelException(file + ": is no valid JSON: " + e.getMessage() + "; fetch it again", e);
        }
        if (root == null || !root.isObject()) {
            throw new ModelException(
                    file + ": must hold one JSON object, a transformers configuration; fetch it again");
        }
        return new ArchitectureReader(file, root).architecture();
    }

    private Architecture architecture() {
        Family family = oneOf("model_type", FAMILIES);
        unsupported();
        boolean distil = family == Family.DISTILBERT;
        int hidden = integer(distil ? "dim" : "hidden_size", 1, MAX_HIDDEN);
        int heads = integer(distil ? "n_heads" : "num_attention_heads", 1, hidden);
        if (hidden % heads != 0) {
            throw fault(distil ? "n_heads" : "num_attention_heads", "a divisor of " + (distil ? "dim" : "hidden_size")
                    + ", which is " + hidden);
        }
        int vocabulary = integer("vocab_size", 1, MAX_VOCABULARY);
        if ((long) vocabulary * hidden > Integer.MAX_VALUE - 8) {
            throw fault("vocab_size", "at most " + (Integer.MAX_VALUE - 8) / hidden + " with vectors of " + hidden);
        }
        int pad = root.has("pad_token_id")
                ? integer("pad_token_id", 0, vocabulary - 1)
                : family == Family.ROBERTA ? 1 : 0;
        // RoBERTa counts positions from pad id + 1.
        int offset = family == Family.ROBERTA ? pad + 1 : 0;
        int positions = integer("max_position_embeddings", offset + 1, MAX_POSITIONS) - offset;
        return new Architecture(family, hidden, integer(distil ? "n_layers" : "num_hidden_layers", 1, MAX_LAYERS),
                heads, integer(distil ? "hidden_dim" : "intermediate_size", 1, MAX_INTERMEDIATE), positions, offset,
                distil ? 0 : integer("type_vocab_size", 1, MAX_TYPES), vocabulary, pad, epsilon(distil),
                oneOf(distil ? "activation" : "hidden_act", ACTIVATIONS));
    }

    /** DistilBERT has no field for it. */
    private float epsilon(boolean distil) {
        JsonNode value = root.get("layer_norm_eps");
        if (distil || value == null) {
            return (float) USUAL_EPSILON;
        }
        if (!value.isNumber() || !(value.asDouble() > 0) || value.asDouble() > MAX_EPSILON) {
            throw fault("layer_norm_eps", "a number above 0, at most " + MAX_EPSILON);
        }
        return (float) value.asDouble();
    }

    private void unsupported() {
        JsonNode positions = root.get("position_embedding_type");
        if (positions != null && !positions.asText().equals("absolute")) {
            throw fault("position_embedding_type", "absolute");
        }
        for (String flag : new String[]{"is_decoder", "add_cross_attention", "is_encoder_decoder",
                "relative_attention"}) {
            JsonNode value = root.get(flag);
            if (value != null && !(value.isBoolean() && !value.asBoolean())) {
                throw fault(flag, "false: encoders with absolute positions");
            }
        }
        JsonNode pruned = root.get("pruned_heads");
        if (pruned != null && !pruned.isEmpty()) {
            throw fault("pruned_heads", "none: all heads of all layers");
        }
        if (root.has("quantization_config")) {
            throw fault("quantization_config", "weights that are not quantised");
        }
    }

    private <T> T oneOf(String field, Map<String, T> allowed) {
        JsonNode value = root.get(field);
        T known = value == null || !value.isTextual() ? null : allowed.get(value.asText());
        if (known == null) {
            throw fault(field, String.join(", ", allowed.keySet()));
        }
        return known;
    }

    private int integer(String field, int min, int max) {
        JsonNode value = root.get(field);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < min
                || value.asInt() > max) {
            throw fault(field, "a whole number from " + min + " to " + max);
        }
        return value.asInt();
    }

    private ModelException fault(String field, String supported) {
        JsonNode value = root.get(field);
        return new ModelException(file + ": " + field + (value == null ? " is missing" : " is " + shortened(value))
                + "; supported: " + supported + "; take another model");
    }

    private static String shortened(JsonNode value) {
        String json = value.toString();
        return json.length() <= SHOWN_CHARS ? json : json.substring(0, SHOWN_CHARS) + "…";
    }
}

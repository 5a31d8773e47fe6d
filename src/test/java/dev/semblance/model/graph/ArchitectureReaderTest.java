package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.model.ModelException;
import dev.semblance.model.graph.Architecture.Activation;
import dev.semblance.model.graph.Architecture.Family;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureReaderTest {

    private static final Map<String, String> BERT = fields("""
            model_type "bert"
            hidden_size 768
            num_hidden_layers 12
            num_attention_heads 12
            intermediate_size 3072
            hidden_act "gelu"
            max_position_embeddings 512
            type_vocab_size 2
            vocab_size 30522
            layer_norm_eps 1e-12
            pad_token_id 0
            is_decoder false
            position_embedding_type "absolute"
            """);
    private static final Map<String, String> DISTILBERT = fields("""
            model_type "distilbert"
            dim 768
            n_layers 6
            n_heads 12
            hidden_dim 3072
            activation "gelu"
            max_position_embeddings 512
            vocab_size 30522
            sinusoidal_pos_embds false
            """);

    private static Map<String, String> fields(String lines) {
        return lines.lines().map(l -> l.split(" ", 2))
                .collect(Collectors.toMap(l -> l[0], l -> l[1], (a, b) -> b, LinkedHashMap::new));
    }

    private static Map<String, String> with(Map<String, String> fields, String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(fields);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        return changed;
    }

    private static Architecture read(Map<String, String> fields) {
        return readJson(fields.entrySet().stream().map(f -> '"' + f.getKey() + "\": " + f.getValue())
                .collect(Collectors.joining(", ", "{", "}")));
    }

    private static Architecture readJson(String json) {
        return ArchitectureReader.read(json.getBytes(StandardCharsets.UTF_8), "m/config.json");
    }

    @Test
    void bert() {
        assertThat(read(BERT)).isEqualTo(new Architecture(Family.BERT, 768, 12, 12, 3072, 512, 0, 2, 30522, 0, 1e-12f,
                Activation.GELU));
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "xlm-roberta", "camembert"})
    void robertaCountsPositionsFromThePadIdPlusOne(String type) {
        Map<String, String> roberta = with(with(with(with(BERT, "model_type", '"' + type + '"'),
                "max_position_embeddings", "514"), "pad_token_id", "1"), "layer_norm_eps", "1e-05");
        Architecture expected = new Architecture(Family.ROBERTA, 768, 12, 12, 3072, 512, 2, 2, 30522, 1, 1e-5f,
                Activation.GELU);
        assertThat(read(roberta)).isEqualTo(expected);
        assertThat(read(with(roberta, "pad_token_id", null))).as("1 unless stated").isEqualTo(expected);
        assertThat(read(with(roberta, "pad_token_id", "3")).positions()).isEqualTo(510);
    }

    @Test
    void distilbert() {
        assertThat(read(DISTILBERT)).isEqualTo(new Architecture(Family.DISTILBERT, 768, 6, 12, 3072, 512, 0, 0, 30522,
                0, 1e-12f, Activation.GELU));
        assertThat(read(with(DISTILBERT, "activation", "\"gelu_new\"")).activation()).isEqualTo(Activation.GELU_TANH);
    }

    @ParameterizedTest
    @CsvSource({"gelu, GELU", "gelu_python, GELU", "gelu_new, GELU_TANH", "gelu_fast, GELU_TANH",
            "gelu_pytorch_tanh, GELU_TANH"})
    void activations(String name, Activation expected) {
        assertThat(read(with(BERT, "hidden_act", '"' + name + '"')).activation()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {"model_type, '\"mpnet\"', bert", "model_type, 5, roberta",
            "model_type, , is missing", "hidden_act, '\"relu\"', gelu_new", "hidden_act, , is missing",
            "position_embedding_type, '\"relative_key\"', absolute", "position_embedding_type, null, absolute",
            "is_decoder, true, false", "is_decoder, '\"no\"', false", "add_cross_attention, true, false",
            "is_encoder_decoder, true, false", "relative_attention, true, false",
            "pruned_heads, '{\"0\":[1]}', all heads",
            "quantization_config, '{}', not quantised", "hidden_size, , is missing", "hidden_size, 0, 1 to 16384",
            "hidden_size, -768, 1 to 16384", "hidden_size, 768.5, 1 to 16384", "hidden_size, '\"768\"', 1 to 16384",
            "hidden_size, 99999999999999, 1 to 16384", "hidden_size, null, 1 to 16384",
            "num_hidden_layers, 0, 1 to 256", "num_hidden_layers, 257, 1 to 256", "num_attention_heads, 7, divisor",
            "num_attention_heads, 0, 1 to 768", "num_attention_heads, 769, 1 to 768",
            "intermediate_size, 70000, 1 to 65536", "max_position_embeddings, 0, 1 to 65536",
            "max_position_embeddings, 100000, 1 to 65536", "vocab_size, 5000001, 1 to 5000000",
            "vocab_size, 4000000, at most", "type_vocab_size, 0, 1 to 1024", "type_vocab_size, , is missing",
            "pad_token_id, 30522, 0 to 30521", "pad_token_id, null, 0 to 30521", "layer_norm_eps, 0, above 0",
            "layer_norm_eps, 1, above 0", "layer_norm_eps, '\"1e-12\"', above 0"})
    void refusals(String field, String value, String supported) {
        assertThatThrownBy(() -> read(with(BERT, field, value))).isInstanceOf(ModelException.class)
                .hasMessageStartingWith("m/config.json: " + field + (value == null ? " is missing" : " is " + value))
                .hasMessageContaining(supported).hasMessageContaining("supported: ");
    }

    @Test
    void positionsThatOnlyPaddingHas() {
        Map<String, String> roberta = with(with(BERT, "model_type", "\"roberta\""), "pad_token_id", "1");
        assertThatThrownBy(() -> read(with(roberta, "max_position_embeddings", "2")))
                .hasMessageContaining("m/config.json: max_position_embeddings is 2")
                .hasMessageContaining("from 3 to 65536");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "{", "{} {}", "{\"model_type\": \"bert\", \"model_type\": \"roberta\"}",
            "{'model_type': 'bert'}", "{\"hidden_size\": NaN}", "\u0000\u0001"})
    void onlyStrictJson(String json) {
        assertThatThrownBy(() -> readJson(json)).isInstanceOf(ModelException.class)
                .hasMessageStartingWith("m/config.json: ");
    }

    /** Whatever the bytes, the answer is an architecture or a refusal. */
    @Test
    void brokenBytes() {
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] json = BERT.entrySet().stream().map(f -> '"' + f.getKey() + "\": " + f.getValue())
                .collect(Collectors.joining(", ", "{", "}")).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 2_000; i++) {
            byte[] broken = json.clone();
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            try {
                Architecture read = ArchitectureReader.read(broken, "m/config.json");
                assertThat(read.hidden() % read.heads()).as("seed %d, round %d", seed, i).isZero();
            } catch (ModelException e) {
                assertThat(e).as("seed %d, round %d", seed, i).hasMessageStartingWith("m/config.json: ");
            }
        }
    }
}

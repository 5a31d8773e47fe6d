package dev.semblance.model.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.model.Pooling;
import dev.semblance.model.weights.WeightFiles;
import dev.semblance.model.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A model of the test resources, and the vectors a float64 forward pass gives for some texts. */
record TinyModel(String name, Architecture architecture, Weights weights, List<int[]> rows, JsonNode expected)
        implements
            AutoCloseable {

    /** One of each family, activation and naming. */
    static final List<String> ALL = List.of("bert", "bert_tanh", "bert_f16", "roberta", "distilbert");

    static TinyModel open(String name) {
        try {
            Path folder = Path.of(TinyModel.class.getResource("/tiny/" + name).toURI());
            Path config = folder.resolve("config.json");
            JsonNode expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
            List<int[]> rows = new ArrayList<>();
            for (int r = 0; r < expected.get("input_ids").size(); r++) {
                int length = 0;
                for (JsonNode one : expected.get("attention_mask").get(r)) {
                    length += one.asInt();
                }
                int[] row = new int[length];
                for (int t = 0; t < length; t++) {
                    row[t] = expected.get("input_ids").get(r).get(t).asInt();
                }
                rows.add(row);
            }
            return new TinyModel(name, ArchitectureReader.read(Files.readAllBytes(config), config.toString()),
                    WeightFiles.open(folder), rows, expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    double[] pooled(Pooling pooling, int row) {
        return vector(pooling.id(), row);
    }

    double[] embedding(Pooling pooling, int row) {
        return vector(pooling.id() + "_normalised", row);
    }

    private double[] vector(String field, int row) {
        JsonNode values = expected.get(field).get(row);
        double[] vector = new double[values.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = values.get(i).asDouble();
        }
        return vector;
    }

    byte[] graph(GraphStyle style, Precision precision, Pooling pooling) {
        return GraphWriter.bytes(architecture, weights, new GraphSpec(style, precision, pooling));
    }

    @Override
    public void close() {
        weights.close();
    }
}

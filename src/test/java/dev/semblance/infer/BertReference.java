package dev.semblance.infer;

import ai.onnx.proto.OnnxMl;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * BERT in double precision, written from the paper, with the weights of an ONNX file read by an independent parser and
 * none of its graph: embeddings, self-attention, gelu with erf, layer norms, mean pooling, unit norm.
 */
// Devlin et al., BERT, 2018, https://arxiv.org/abs/1810.04805; Vaswani et al., Attention Is All You Need, 2017.
final class BertReference {

    private static final double LAYER_NORM_EPSILON = 1e-12;

    private final Map<String, float[]> weights = new HashMap<>();

    /** Anonymous weights of matrix products, by the name of the node that uses them. */
    private final Map<String, String> matrixOfNode = new HashMap<>();
    private final int layers;
    private final int heads;
    private final int width;

    BertReference(String resource, int layers, int heads, int width) throws IOException {
        this.layers = layers;
        this.heads = heads;
        this.width = width;
        OnnxMl.GraphProto graph;
        try (InputStream in = BertReference.class.getResourceAsStream(resource)) {
            graph = OnnxMl.ModelProto.parseFrom(in).getGraph();
        }
        for (OnnxMl.TensorProto t : graph.getInitializerList()) {
            if (t.getDataType() == OnnxMl.TensorProto.DataType.FLOAT_VALUE) {
                FloatBuffer raw = t.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
                float[] values = new float[raw.remaining()];
                raw.get(values);
                weights.put(t.getName(), values);
            }
        }
        for (OnnxMl.NodeProto n : graph.getNodeList()) {
            if (n.getOpType().equals("MatMul")) {
                matrixOfNode.put(n.getName(), n.getInput(1));
            }
        }
    }

    double[] embed(int[] ids) {
        double[][] x = embeddings(ids);
        for (int layer = 0; layer < layers; layer++) {
            String at = "encoder.layer." + layer + ".";
            double[][] attended = dense(attention(x, at), at + "attention.output.dense");
            x = norm(sum(x, attended), at + "attention.output.LayerNorm");
            double[][] inner = dense(x, at + "intermediate.dense");
            for (double[] row : inner) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = gelu(row[i]);
                }
            }
            x = norm(sum(x, dense(inner, at + "output.dense")), at + "output.LayerNorm");
        }
        return unitMean(x);
    }

    private double[][] embeddings(int[] ids) {
        float[] words = weights.get("embeddings.word_embeddings.weight");
        float[] positions = weights.get("embeddings.position_embeddings.weight");
        float[] types = weights.get("embeddings.token_type_embeddings.weight");
        double[][] x = new double[ids.length][width];
        for (int t = 0; t < ids.length; t++) {
            for (int d = 0; d < width; d++) {
                x[t][d] = (double) words[ids[t] * width + d] + positions[t * width + d] + types[d];
            }
        }
        return norm(x, "embeddings.LayerNorm");
    }

    private double[][] attention(double[][] x, String at) {
        double[][] q = dense(x, at + "attention.self.query");
        double[][] k = dense(x, at + "attention.self.key");
        double[][] v = dense(x, at + "attention.self.value");
        int headWidth = width / heads;
        double[][] out = new double[x.length][width];
        double[] weight = new double[x.length];
        for (int from = 0; from < width; from += headWidth) {
            for (int i = 0; i < x.length; i++) {
                double total = 0;
                for (int j = 0; j < x.length; j++) {
                    double dot = 0;
                    for (int d = from; d < from + headWidth; d++) {
                        dot += q[i][d] * k[j][d];
                    }
                    weight[j] = Math.exp(dot / Math.sqrt(headWidth));
                    total += weight[j];
                }
                for (int j = 0; j < x.length; j++) {
                    for (int d = from; d < from + headWidth; d++) {
                        out[i][d] += weight[j] / total * v[j][d];
                    }
                }
            }
        }
        return out;
    }

    /** x W + b, W as [in × out]. */
    private double[][] dense(double[][] x, String name) {
        float[] bias = weights.get(name + ".bias");
        String node = "/" + name.replace('.', '/').replaceAll("layer/(\\d+)", "layer.$1") + "/MatMul";
        float[] matrix = weights.get(matrixOfNode.get(node));
        double[][] out = new double[x.length][bias.length];
        for (int t = 0; t < x.length; t++) {
            double[] row = out[t];
            for (int o = 0; o < row.length; o++) {
                row[o] = bias[o];
            }
            for (int i = 0; i < x[t].length; i++) {
                double factor = x[t][i];
                int offset = i * row.length;
                for (int o = 0; o < row.length; o++) {
                    row[o] += factor * matrix[offset + o];
                }
            }
        }
        return out;
    }

    private double[][] norm(double[][] x, String name) {
        float[] scale = weights.get(name + ".weight");
        float[] shift = weights.get(name + ".bias");
        for (double[] row : x) {
            double mean = 0;
            for (double value : row) {
                mean += value / row.length;
            }
            double variance = 0;
            for (double value : row) {
                variance += (value - mean) * (value - mean) / row.length;
            }
            for (int d = 0; d < row.length; d++) {
                row[d] = (row[d] - mean) / Math.sqrt(variance + LAYER_NORM_EPSILON) * scale[d] + shift[d];
            }
        }
        return x;
    }

    private static double[][] sum(double[][] a, double[][] b) {
        for (int t = 0; t < a.length; t++) {
            for (int d = 0; d < a[t].length; d++) {
                b[t][d] += a[t][d];
            }
        }
        return b;
    }

    private double[] unitMean(double[][] x) {
        double[] mean = new double[width];
        double squares = 0;
        for (int d = 0; d < width; d++) {
            for (double[] row : x) {
                mean[d] += row[d] / x.length;
            }
            squares += mean[d] * mean[d];
        }
        for (int d = 0; d < width; d++) {
            mean[d] /= Math.sqrt(squares);
        }
        return mean;
    }

    private static double gelu(double x) {
        return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
    }

    /** erf(x) = 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): all terms of one sign, so exact to rounding. */
    // Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6, 1964.
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}

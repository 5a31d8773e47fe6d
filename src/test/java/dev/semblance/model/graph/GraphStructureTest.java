package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl;
import dev.semblance.model.Pooling;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written, as an independent parser sees it. */
class GraphStructureTest {

    private static OnnxMl.ModelProto written(String name, GraphStyle style, Precision precision, Pooling pooling) {
        try (TinyModel model = TinyModel.open(name)) {
            return OnnxMl.ModelProto.parseFrom(model.graph(style, precision, pooling));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError("what was written is no ONNX", e);
        }
    }

    private static long count(OnnxMl.GraphProto graph, String operator) {
        return graph.getNodeList().stream().filter(n -> n.getOpType().equals(operator)).count();
    }

    @ParameterizedTest
    @EnumSource(GraphStyle.class)
    void headAndOutputs(GraphStyle style) {
        OnnxMl.ModelProto model = written("roberta", style, Precision.FP32, Pooling.MEAN);
        assertThat(model.getIrVersion()).isEqualTo(8);
        assertThat(model.getOpsetImportList()).extracting(o -> o.getDomain() + ":" + o.getVersion())
                .containsExactly(":17", "com.microsoft:1");
        OnnxMl.GraphProto graph = model.getGraph();
        assertThat(graph.getInputList()).extracting(OnnxMl.ValueInfoProto::getName)
                .containsExactlyElementsOf(style == GraphStyle.PACKED
                        ? List.of("input_ids", "position_ids", "token_offset", "cu_seqlens")
                        : List.of("input_ids", "attention_mask"));
        assertThat(graph.getInputList()).allSatisfy(i -> assertThat(i.getType().getTensorType().getElemType())
                .isEqualTo(OnnxMl.TensorProto.DataType.INT32_VALUE));
        assertThat(graph.getOutputList()).extracting(OnnxMl.ValueInfoProto::getName)
                .containsExactly("sentence_embedding", "pooled");
        assertThat(graph.getOutputList()).allSatisfy(o -> {
            assertThat(o.getType().getTensorType().getElemType())
                    .isEqualTo(OnnxMl.TensorProto.DataType.FLOAT_VALUE);
            assertThat(o.getType().getTensorType().getShape().getDim(0).getDimParam()).isEqualTo("rows");
            assertThat(o.getType().getTensorType().getShape().getDim(1).getDimValue()).isEqualTo(32);
        });
    }

    /** The order of the nodes is one they can run in, names are unique, and nothing is written that is not used. */
    @ParameterizedTest
    @CsvSource({"PLAIN, FP32, MEAN", "PLAIN, FP32, CLS", "FUSED, FP32, MEAN", "FUSED, FP16, CLS", "PACKED, FP16, MEAN",
            "PACKED, FP32, CLS"})
    void everyNameIsGivenOnceAndUsed(GraphStyle style, Precision precision, Pooling pooling) {
        OnnxMl.GraphProto graph = written("bert", style, precision, pooling).getGraph();
        Set<String> given = new HashSet<>();
        graph.getInputList().forEach(i -> given.add(i.getName()));
        graph.getInitializerList().forEach(i -> assertThat(given.add(i.getName())).as(i.getName()).isTrue());
        Set<String> used = new HashSet<>();
        for (OnnxMl.NodeProto node : graph.getNodeList()) {
            List<String> inputs = node.getInputList().stream().filter(i -> !i.isEmpty()).toList();
            assertThat(given).as(node.getName()).containsAll(inputs);
            used.addAll(inputs);
            node.getOutputList().forEach(o -> assertThat(given.add(o)).as(o).isTrue());
        }
        graph.getOutputList().forEach(o -> used.add(o.getName()));
        given.removeAll(used);
        // The sums of the mask, which the operator cannot leave out.
        given.removeIf(n -> n.startsWith("EmbedLayerNormalization"));
        assertThat(given).isEmpty();
        assertThat(graph.getInitializerList()).extracting(OnnxMl.TensorProto::getName)
                .noneMatch(n -> n.contains("pooler") || n.contains("cls"));
    }

    @ParameterizedTest
    @CsvSource({"bert, Gelu, FastGelu", "bert_tanh, FastGelu, Gelu"})
    void operators(String name, String activation, String other) {
        OnnxMl.GraphProto plain = written(name, GraphStyle.PLAIN, Precision.FP32, Pooling.MEAN).getGraph();
        assertThat(plain.getNodeList()).allMatch(n -> n.getDomain().isEmpty());
        OnnxMl.GraphProto fused = written(name, GraphStyle.FUSED, Precision.FP32, Pooling.MEAN).getGraph();
        assertThat(count(fused, "EmbedLayerNormalization")).isOne();
        assertThat(count(fused, "MultiHeadAttention")).isEqualTo(2);
        assertThat(count(fused, "SkipLayerNormalization")).isEqualTo(4);
        assertThat(count(fused, activation)).isEqualTo(2);
        assertThat(count(fused, other)).isZero();
        OnnxMl.GraphProto packed = written(name, GraphStyle.PACKED, Precision.FP16, Pooling.MEAN).getGraph();
        assertThat(count(packed, "PackedMultiHeadAttention")).isEqualTo(2);
        assertThat(count(packed, "RestorePadding")).isOne();
    }

    /** The last layer, past attention, sees one row a text. */
    @ParameterizedTest
    @EnumSource(value = GraphStyle.class, names = {"FUSED", "PACKED"})
    void clsPoolingComputesTheLastLayerForFirstTokensOnly(GraphStyle style) {
        OnnxMl.GraphProto graph = written("bert", style, Precision.FP32, Pooling.CLS).getGraph();
        Set<String> picked = graph.getNodeList().stream()
                .filter(n -> n.getOpType().equals(style == GraphStyle.FUSED ? "Slice" : "Gather"))
                .filter(n -> n.getInputList().stream().anyMatch(i -> i.contains("Norm") || i.contains("Attention")))
                .map(n -> n.getOutput(0)).collect(Collectors.toSet());
        assertThat(picked).hasSize(style == GraphStyle.FUSED ? 1 : 2);
        OnnxMl.NodeProto product = graph.getNodeList().stream()
                .filter(n -> n.getInputList()
                        .contains(style == GraphStyle.FUSED
                                ? "layer.1.query.weight"
                                : "layer.1.attention_output.weight"))
                .findFirst().orElseThrow();
        assertThat(picked).contains(product.getInput(0));
        assertThat(count(graph, "RestorePadding")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"FP32, FLOAT", "FP16, FLOAT16"})
    void weightsHaveTheTypeThatWasAskedFor(Precision precision, OnnxMl.TensorProto.DataType type) {
        OnnxMl.GraphProto graph = written("roberta", GraphStyle.FUSED, precision, Pooling.MEAN).getGraph();
        assertThat(graph.getInitializerList()).filteredOn(i -> i.getName().startsWith("layer."))
                .allMatch(i -> i.getDataType() == type.getNumber());
        OnnxMl.TensorProto positions = graph.getInitializerList().stream()
                .filter(i -> i.getName().contains("position_embeddings")).findFirst().orElseThrow();
        assertThat(positions.getDimsList()).as("rows that no text uses are left out").containsExactly(40L, 32L);
    }
}

package dev.semblance.model.bundle;

import dev.semblance.model.Pooling;

import dev.semblance.model.graph.GraphSpec;
import dev.semblance.model.graph.GraphWriter;
import java.util.List;

/**
 * What a model's maker states about it; docs/MODELS.md explains each field.
 *
 * @param revision      content hash as stated, lower-case hexadecimal, or null where the manifest leaves it out
 * @param dimension     length of a vector
 * @param normalised    whether vectors are scaled to unit L2 norm
 * @param maxTokens     texts are truncated to this many tokens, special tokens included
 * @param preprocessing what the texts it was trained on had been put through: {@code none}, {@code tweet-eval} or
 *                      {@code bertweet}
 * @param padTokenId    id written into padded positions, which the attention mask hides
 * @param mean          mean of the unit vectors of the built-in texts, by which {@code model verify} knows the model again and
 *                      {@code model info} tells how alike it finds them; empty where unknown
 * @param source        where an imported model came from, for people; empty for others
 * @param graphs        at least one; the first that fits a device is its default
 */
public record Manifest(String id, String revision, int dimension, Pooling pooling, boolean normalised, int maxTokens,
        String preprocessing, int padTokenId, List<Float> mean, String source, List<Graph> graphs) {

    /** Fewest tokens a text may be truncated to: room for the special tokens and some of the text. */
    public static final int MIN_TOKENS = 8;

    public Manifest {
        mean = List.copyOf(mean);
        graphs = List.copyOf(graphs);
    }

    /** Names of a graph's inputs: int64 or int32. Mask and types are used if the graph has them. */
    public record Inputs(String ids, String mask, String types) {

        /** As exported from BERT and its kin. */
        public static final Inputs USUAL = new Inputs("input_ids", "attention_mask", "token_type_ids");
    }

    /** How texts are laid out in a graph's inputs. */
    public enum Layout {

        /** One row a text, [rows × tokens], padded to one length and masked. */
        PADDED,

        /** Texts end to end, [tokens], without padding. */
        PACKED
    }

    /**
     * One of a model's ONNX files, a variant of it.
     *
     * @param precision     {@code fp32}, {@code fp16} or {@code int8}: of the weights
     * @param deterministic whether a text's vector is the same bytes whatever else is in its batch
     * @param output        name of the output to use, or null for the only one. With {@code pools} it has unit L2 norm
     * @param pools         whether the graph does pooling and scaling itself, as those do that we write: then it has
     *                      {@value GraphSpec#EMBEDDING} and {@value GraphSpec#POOLED}
     * @param sha256        of the file as stated, or null where the manifest leaves it out
     * @param dataSha256    as sha256, of the file beside it that holds its weights; null where there is none
     */
    public record Graph(String name, String file, String precision, boolean deterministic, Layout layout, Inputs inputs,
            String output, boolean pools, String sha256, String dataSha256) {

        /** Name of the one graph of a folder that was put together by hand. */
        public static final String EXPORTED = "exported";

        /** The file that holds the weights of a graph of ours, where they are beside it. */
        public String dataFile() {
            return file + GraphWriter.EXTERNAL_SUFFIX;
        }

        Graph in(String otherFile) {
            return new Graph(name, otherFile, precision, deterministic, layout, inputs, output, pools, sha256,
                    dataSha256);
        }

        /** A graph of our own writer. */
        public static Graph written(String name, String precision, boolean deterministic, Layout layout,
                String sha256, String dataSha256) {
            return new Graph(name, name + ".onnx", precision, deterministic, layout,
                    new Inputs(GraphSpec.IDS, GraphSpec.MASK, Inputs.USUAL.types), GraphSpec.EMBEDDING, true, sha256,
                    dataSha256);
        }
    }

    Manifest withMaxTokens(int tokens) {
        return new Manifest(id, revision, dimension, pooling, normalised, tokens, preprocessing, padTokenId, mean,
                source, graphs);
    }

    Manifest withNormalised(boolean unitNorm) {
        return new Manifest(id, revision, dimension, pooling, unitNorm, maxTokens, preprocessing, padTokenId, mean,
                source, graphs);
    }
}

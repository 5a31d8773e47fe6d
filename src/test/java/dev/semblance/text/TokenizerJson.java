package dev.semblance.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Files of tokenizers for tests: the embedded model's, changed, and small ones. */
final class TokenizerJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, Integer> SPECIAL = Map.of("[PAD]", 0, "[UNK]", 1, "[CLS]", 2, "[SEP]", 3,
            "[MASK]", 4);

    private TokenizerJson() {}

    static byte[] miniLm() {
        try (InputStream in = TokenizerJson.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] miniLm(Consumer<ObjectNode> change) {
        try {
            ObjectNode root = (ObjectNode) JSON.readTree(miniLm());
            change.accept(root);
            return JSON.writeValueAsBytes(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A small one; the special tokens are [PAD], [UNK], [CLS], [SEP] and [MASK], with the ids 0 to 4.
     *
     * @param vocabulary members of a JSON object, after which those of the special tokens are written
     */
    static byte[] of(BertNormaliser.Options options, String vocabulary) {
        StringBuilder added = new StringBuilder();
        StringBuilder special = new StringBuilder();
        for (String token : SPECIAL.keySet()) {
            added.append(added.isEmpty() ? "" : ",").append("""
                    {"id":%d,"content":"%s","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,
                    "special":true}""".formatted(SPECIAL.get(token), token));
            special.append(special.isEmpty() ? "" : ",").append("\"%s\":%d".formatted(token, SPECIAL.get(token)));
        }
        String head = """
                {"version":"1.0","truncation":null,"padding":null,"added_tokens":[%s],
                "normalizer":{"type":"BertNormalizer","clean_text":%b,"handle_chinese_chars":%b,"strip_accents":%b,
                "lowercase":%b},"pre_tokenizer":{"type":"BertPreTokenizer"},
                "post_processor":{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]},"decoder":null,
                "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
                "max_input_chars_per_word":100,"vocab":{""".formatted(added, options.clean(), options.ideographs(),
                options.stripAccents(), options.lowerCase());
        return (head + vocabulary + special + "}}}").getBytes(UTF_8);
    }

    /** The same, without the way through JSON. */
    static WordPieceModel model(BertNormaliser.Options options, Map<String, Integer> vocabulary) {
        Map<String, Integer> all = new HashMap<>(vocabulary);
        all.putAll(SPECIAL);
        return new WordPieceModel(all, "##", 100, 1, 2, 3, SPECIAL, options);
    }
}

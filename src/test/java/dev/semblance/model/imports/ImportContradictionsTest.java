package dev.semblance.model.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.infer.onnx.OnnxGraphRunner;
import dev.semblance.infer.onnx.OnnxRanges;
import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the user says against what the files say, and what is in the way. */
class ImportContradictionsTest {

    @TempDir
    private Path scratch;

    private Path source;
    private Path target;
    private ImportOptions options = options(Pooling.CLS, 0);

    @BeforeEach
    void copy() throws IOException {
        source = scratch.resolve("tiny-bert");
        target = scratch.resolve("made");
        TinySource.copy("bert", source);
    }

    private static ImportOptions options(Pooling pooling, int maxTokens) {
        return new ImportOptions(null, pooling, maxTokens, List.of(), false);
    }

    private ImportResult run() {
        return run(ImportSource.of(source), target);
    }

    private ImportResult run(ImportSource from, Path to) {
        return new ModelImport(new OnnxGraphRunner(), new OnnxRanges(), ModelImportTest::tokenizer, step -> {})
                .run(from, options, to);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(ThrowingCallable work) {
        return assertThatThrownBy(work).isInstanceOf(ModelException.class);
    }

    /** What counts is the repository, whatever the user calls the model. */
    @Test
    void aNameOfTheUsersDoesNotHideWhatIsKnownOfARepository() {
        options = new ImportOptions("ours", null, 0, List.of("cpu-fp32"), false);
        ImportResult result = run(new ImportSource(source, "sap-ai-research/miCSE", "f".repeat(40)), target);
        assertThat(result.id()).isEqualTo("ours");
        assertThat(result.pooling()).isEqualTo(Pooling.CLS);
        assertThat(result.maxTokens()).isEqualTo(32);
        options = new ImportOptions("sap-ai-research/miCSE", null, 0, List.of("cpu-fp32"), false);
        assertThatThrownBy(() -> run(new ImportSource(source, "other/model", "f".repeat(40)), scratch.resolve("other")))
                .isInstanceOf(ModelException.class).hasMessageContaining("state --pooling");
    }

    @Test
    void whatCannotBeNamedOrIsTooShortIsRefusedAtOnce() throws IOException {
        options = new ImportOptions(" ", Pooling.CLS, 0, List.of(), false);
        refused(this::run).hasMessageContaining("--id ' '");
        options = options(Pooling.CLS, 0);
        TinySource.edit(source.resolve("config.json"), config -> config.put("max_position_embeddings", 7));
        refused(this::run).hasMessageContaining("room for 7 tokens").hasMessageContaining("max_position_embeddings");
    }

    @Test
    void forceReplacesNothingButAModel() throws IOException {
        run();
        options = new ImportOptions(null, Pooling.CLS, 0, List.of(), true);
        Files.writeString(target.resolve("thesis.txt"), "mine");
        assertThatThrownBy(this::run).isInstanceOf(ModelException.class).hasMessageContaining("thesis.txt");
        assertThat(target.resolve("thesis.txt")).exists();
        Files.delete(target.resolve("thesis.txt"));
        Files.writeString(target.resolve("manifest.json"), "{\"name\": \"a web site\"}");
        assertThatThrownBy(this::run).isInstanceOf(ModelException.class).hasMessageContaining("manifest.json");
        assertThat(target.resolve("cpu-fp32.onnx")).exists();
    }

    @ParameterizedTest
    @CsvSource({"do_lower_case, false", "strip_accents, false", "tokenize_chinese_chars, false",
            "truncation_side, left"})
    void aConfigurationThatContradictsTheTokenizerIsRefused(String field, String value) throws IOException {
        Files.write(source.resolve("tokenizer.json"), TokenizerJson.fromVocabulary(new SourceFiles(source)).toString()
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        options = new ImportOptions(null, Pooling.CLS, 0, List.of("cpu-fp32"), false);
        run();
        target = scratch.resolve("other");
        TinySource.edit(source.resolve("tokenizer_config.json"), c -> {
            if (value.equals("left")) {
                c.put(field, value);
            } else {
                c.put(field, Boolean.parseBoolean(value));
            }
        });
        refused(this::run).hasMessageContaining("tokenizer_config.json: " + field + " is");
    }
}

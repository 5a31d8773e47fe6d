package dev.semblance.cli;

import dev.semblance.bench.BenchTexts;
import dev.semblance.bench.Spread;
import dev.semblance.config.Config;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.record.TokenizedText;
import dev.semblance.text.Tokenizer;
import dev.semblance.text.TokenizerChoice;
import dev.semblance.text.Tokenizers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code semblance bench tokenize}: the tokenizer in Java against the reference, over the texts of files: first whether
 * they agree on every text, then how many texts a second one thread does, in turns.
 */
@Command(name = "tokenize", description = "Compare the Java tokenizer with the reference: tokens, then texts a second.")
final class BenchTokenizeCommand implements Callable<Integer> {

    private static final int MAX_SHOWN = 10;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(arity = "1..*", paramLabel = "FILE",
            description = "Texts to use. Each is compared as it is, in capitals, and joined to the one before it.")
    private List<String> files;

    @Option(names = "--texts", paramLabel = "N", description = "Texts a timed round (default: 20000).")
    private int texts = 20_000;

    @Option(names = "--rounds", paramLabel = "N", description = "Timed rounds of each; 0 only compares (default: 5).")
    private int rounds = 5;

    private Console console;

    @Override
    public Integer call() throws Exception {
        Config config = options.config();
        ModelBundle bundle = ModelBundle.open(config.model());
        try (Console opened = new Console(spec);
                Tokenizer reference = Tokenizers.open(bundle.tokenizerJson(), bundle.maxTokens(),
                        TokenizerChoice.HUGGINGFACE);
                Tokenizer java = Tokenizers.open(bundle.tokenizerJson(), bundle.maxTokens(),
                        TokenizerChoice.WORDPIECE)) {
            console = opened;
            List<String> all = BenchTexts.all(config.texts(), files);
            if (all.isEmpty()) {
                throw new CommandFailure("there is no text in " + String.join(", ", files), null);
            }
            long mismatches = compare(all, reference, java);
            measure(all.subList(0, Math.min(texts, all.size())), reference, java);
            return mismatches == 0 ? Semblance.OK : Semblance.FAILURE;
        }
    }

    private long compare(List<String> all, Tokenizer reference, Tokenizer java) {
        long compared = 0;
        long mismatches = 0;
        console.startProgress("texts", all.size());
        String before = "";
        for (int i = 0; i < all.size(); i++) {
            String text = all.get(i);
            for (String variant : List.of(text, text.toUpperCase(Locale.ROOT), before + text)) {
                TokenizedText expected = reference.tokenize(variant);
                TokenizedText found = java.tokenize(variant);
                compared++;
                if (!expected.equals(found) && mismatches++ < MAX_SHOWN) {
                    console.print("differs: " + variant + "\n  reference " + shown(expected) + "\n  java      "
                            + shown(found));
                }
            }
            before = text;
            console.progress(i + 1, "");
        }
        console.endProgress();
        console.print(compared + " texts compared, " + mismatches + " with other tokens");
        return mismatches;
    }

    private static String shown(TokenizedText text) {
        return Arrays.toString(text.ids()) + (text.truncated() ? ", truncated" : "");
    }

    private void measure(List<String> timed, Tokenizer reference, Tokenizer java) {
        List<Double> referenceRates = new ArrayList<>();
        List<Double> javaRates = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            referenceRates.add(perSecond(timed, reference));
            javaRates.add(perSecond(timed, java));
        }
        if (rounds > 0) {
            Spread referenceRate = new Spread(referenceRates);
            Spread javaRate = new Spread(javaRates);
            Spread ratio = javaRate.over(referenceRate);
            console.print(String.format(Locale.ROOT, """
                    texts a second, one thread, %d texts a round: median (least–most)
                    reference %9.0f (%.0f–%.0f)
                    java      %9.0f (%.0f–%.0f)
                    ratio     %9.1f (%.1f–%.1f)""", timed.size(), referenceRate.median(), referenceRate.min(),
                    referenceRate.max(), javaRate.median(), javaRate.min(), javaRate.max(), ratio.median(),
                    ratio.min(), ratio.max()));
        }
    }

    private static double perSecond(List<String> timed, Tokenizer tokenizer) {
        long tokens = 0;
        long startNs = System.nanoTime();
        for (String text : timed) {
            tokens += tokenizer.tokenize(text).length();
        }
        double seconds = (System.nanoTime() - startNs) / 1e9;
        if (tokens < 2L * timed.size()) {
            throw new IllegalStateException("the tokenizer gave " + tokens + " tokens for " + timed.size() + " texts");
        }
        return timed.size() / seconds;
    }
}

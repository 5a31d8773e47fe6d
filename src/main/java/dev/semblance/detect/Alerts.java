package dev.semblance.detect;

import dev.semblance.config.Config;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.text.TokenDiff;
import dev.semblance.window.Original;
import java.util.List;

/** Turns verdicts into alerts that explain themselves. Thread: stateless. */
public final class Alerts {

    private static final TokenDiff NO_TEXTS = TokenDiff.between("", "");

    private Alerts() {}

    /**
     * The NEAR_DUPLICATE alert of a duplicate. Differing words are named where both texts are kept.
     *
     * @throws IllegalArgumentException where the verdict has no match
     */
    public static Alert of(Verdict verdict, Config.Detect rules) {
        Match match = verdict.match();
        if (match == null) {
            throw new IllegalArgumentException("event " + verdict.event().event().id() + " is " + verdict.outcome()
                    + ": only a duplicate gives an alert");
        }
        Embedding event = verdict.event();
        Original original = match.original();
        String text = event.event().text();
        TokenDiff diff = text == null || original.text() == null ? NO_TEXTS : TokenDiff.between(text, original.text());
        return new Alert(AlertKind.NEAR_DUPLICATE, event.event().id(), original.id(), match.kind(), match.cosine(),
                rules.threshold(), event.event().eventTimeMs(), original.eventTimeMs(), match.clusterSize(),
                verdict.suppressed(), diff.onlyInFirst(), diff.onlyInSecond(), text, original.text(), List.of(),
                event.model());
    }
}

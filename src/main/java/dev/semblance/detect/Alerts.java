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

    private static final double HOUR_MS = 3_600_000;

    private Alerts() {}

    /**
     * The NEAR_DUPLICATE alert of a duplicate. Differing words are named where both texts are kept.
     *
     * @throws IllegalArgumentException where the verdict has no match
     */
    public static Alert of(Verdict verdict, Config.Detect rules) {
        return of(AlertKind.NEAR_DUPLICATE, verdict, rules, null);
    }

    /**
     * The BURST alert of the copy that brings its cluster to one of the steps, else null. A cluster grows by one at a
     * time, so that each of its steps gives one alert, by whatever copy: which steps are behind it follows from the size
     * alone, and so is not forgotten over a restart.
     *
     * @throws IllegalArgumentException where the verdict has no match
     */
    public static Alert burst(Verdict verdict, Config.Detect rules) {
        Match match = matchOf(verdict);
        if (match.clusterSize() > Integer.MAX_VALUE || !rules.burstSteps().contains((int) match.clusterSize())) {
            return null;
        }
        long sinceMs = verdict.event().event().eventTimeMs() - match.original().eventTimeMs();
        Double rate = sinceMs > 0 ? (match.clusterSize() - 1) * HOUR_MS / sinceMs : null;
        return of(AlertKind.BURST, verdict, rules, rate);
    }

    /**
     * The NEAR_DUPLICATE alert of a pair: the event is the later one by (time, id), the original the earlier one, and the
     * cluster the two of them.
     */
    public static Alert of(Pair pair, Config.Detect rules) {
        Embedding event = pair.event();
        String text = event.event().text();
        String other = pair.other().text();
        boolean inOrder = pair.inOrder();
        String later = inOrder ? text : other;
        String earlier = inOrder ? other : text;
        long timeMs = event.event().eventTimeMs();
        long otherMs = pair.other().eventTimeMs();
        TokenDiff diff = later == null || earlier == null ? NO_TEXTS : TokenDiff.between(later, earlier);
        return new Alert(AlertKind.NEAR_DUPLICATE, pair.laterId(), pair.earlierId(), pair.kind(), pair.cosine(),
                rules.threshold(), inOrder ? timeMs : otherMs, inOrder ? otherMs : timeMs, 2, false,
                diff.onlyInFirst(), diff.onlyInSecond(), later, earlier, List.of(), event.model());
    }

    private static Match matchOf(Verdict verdict) {
        if (verdict.match() == null) {
            throw new IllegalArgumentException("event " + verdict.event().event().id() + " is " + verdict.outcome()
                    + ": only a duplicate gives an alert");
        }
        return verdict.match();
    }

    private static Alert of(AlertKind kind, Verdict verdict, Config.Detect rules, Double ratePerHour) {
        Match match = matchOf(verdict);
        Embedding event = verdict.event();
        Original original = match.original();
        String text = event.event().text();
        TokenDiff diff = text == null || original.text() == null ? NO_TEXTS : TokenDiff.between(text, original.text());
        return new Alert(kind, event.event().id(), original.id(), match.kind(), match.cosine(),
                rules.threshold(), event.event().eventTimeMs(), original.eventTimeMs(), match.clusterSize(),
                verdict.suppressed(), diff.onlyInFirst(), diff.onlyInSecond(), text, original.text(), List.of(),
                event.model(), ratePerHour);
    }
}

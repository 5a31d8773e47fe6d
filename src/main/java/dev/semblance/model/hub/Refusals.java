package dev.semblance.model.hub;

import dev.semblance.model.hub.HubHttp.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** What an answer that is not the thing asked for means, in words. */
final class Refusals {

    private static final int QUOTED_CHARS = 200;

    private Refusals() {}

    /**
     * Passes only on 200, and 206 where a part was asked for.
     *
     * @param what         asked for, for messages
     * @param hasToken     whether one was sent
     * @param partExpected whether 206 is an answer
     * @throws TransientFailure if it may go well later
     * @throws HubException     if it will not
     */
    static void check(String what, Answer answer, boolean hasToken, boolean partExpected) throws IOException {
        int status = answer.status();
        if (status == 200 || (status == 206 && partExpected)) {
            refuseWebPage(what, answer);
            return;
        }
        String said = said(answer);
        switch (status) {
            case 401 -> throw new HubException(what + ": " + (hasToken
                    ? "the hub does not accept the token (401); check HF_TOKEN: it may have expired"
                    : "the hub wants to know who asks (401): there is no such repository, or it is private; check the"
                            + " name, or set HF_TOKEN to a token that may read it")
                    + said);
            case 403 -> throw new HubException(what + ": the hub does not allow it (403); accept the repository's terms"
                    + " on its page if it is gated, and " + (hasToken
                            ? "check that the token in HF_TOKEN may read it"
                            : "set HF_TOKEN to a token that may read it")
                    + said);
            case 404, 410 -> throw new HubException(what + ": " + missing(answer) + " (" + status + ")" + said);
            case 408, 500, 502, 503, 504 ->
                throw new TransientFailure("the server answers " + status + said, wait(answer));
            case 429 -> throw new TransientFailure("too many requests (429); wait some minutes"
                    + (hasToken ? "" : ", or set HF_TOKEN, which raises the limit") + said, wait(answer));
            default -> throw new HubException(what + ": the server answers " + status + ", which is not expected; check"
                    + " HF_ENDPOINT" + said);
        }
    }

    private static String missing(Answer answer) {
        return switch (String.valueOf(answer.header("X-Error-Code"))) {
            case "RevisionNotFound" -> "there is no such revision; check --revision";
            case "EntryNotFound" -> "there is no such file at this revision";
            default -> "there is no such repository, revision or file; check the name, --revision and HF_ENDPOINT";
        };
    }

    private static void refuseWebPage(String what, Answer answer) {
        String type = answer.header("Content-Type");
        if (type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html")) {
            throw new HubException(what + ": " + answer.from().getHost() + " answers with a web page instead; check"
                    + " HF_ENDPOINT, and that no login page or proxy stands between");
        }
    }

    /** What the server says itself, on one line; empty where it says nothing. */
    private static String said(Answer answer) throws IOException {
        String message = answer.header("X-Error-Message");
        if (message == null) {
            String type = String.valueOf(answer.header("Content-Type")).toLowerCase(Locale.ROOT);
            if (!type.startsWith("application/json") && !type.startsWith("text/plain")) {
                return "";
            }
            message = new String(answer.read(4 * QUOTED_CHARS), StandardCharsets.UTF_8);
        }
        String line = message.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.isEmpty()
                ? ""
                : "; it says: " + (line.length() > QUOTED_CHARS ? line.substring(0, QUOTED_CHARS) + "…" : line);
    }

    /** Retry-After in seconds; its other form, a date, is not used by hubs. */
    private static Duration wait(Answer answer) {
        String seconds = answer.header("Retry-After");
        return seconds != null && seconds.matches("[0-9]{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
    }
}

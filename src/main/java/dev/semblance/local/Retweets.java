package dev.semblance.local;

import java.util.List;
import java.util.Random;

/** A text as others pass it on: almost the same. Thread: one. */
final class Retweets {

    private static final List<String> COMMENTS = List.of("This! ", "So true: ", "Worth a read. ", "LOL ", "👇 ",
            "Wow. ");

    private final Random random;
    private final Chatter chatter;

    Retweets(Random random, Chatter chatter) {
        this.random = random;
        this.chatter = chatter;
    }

    String of(String text, String user) {
        String head = "RT @" + user + ": ";
        return switch (random.nextInt(6)) {
            case 0 -> head + text;
            case 1 -> head + cut(text);
            case 2 -> head + text + " " + chatter.hashtag();
            case 3 -> COMMENTS.get(random.nextInt(COMMENTS.size())) + head + text;
            case 4 -> head + misspelt(text);
            default -> head + text.replace(".", "").replace(",", "");
        };
    }

    /** Cut behind a word in the last quarter, as a client with a length limit does. */
    private String cut(String text) {
        int limit = text.length() * 3 / 4 + random.nextInt(1 + text.length() / 8);
        int space = text.lastIndexOf(' ', limit);
        return (space > 0 ? text.substring(0, space) : text) + "…";
    }

    /** Two neighbouring letters change places. */
    private String misspelt(String text) {
        int from = random.nextInt(text.length());
        for (int i = from; i + 1 < text.length(); i++) {
            char a = text.charAt(i);
            char b = text.charAt(i + 1);
            if (Character.isLowerCase(a) && Character.isLowerCase(b) && a != b) {
                return text.substring(0, i) + b + a + text.substring(i + 2);
            }
        }
        return text;
    }
}

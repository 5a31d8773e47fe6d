package dev.semblance.text;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How user names and links are written before a text is tokenised. A model does best with what it was trained on; the
 * choice is stamped in every record. All run in linear time and are idempotent.
 */
public enum Preprocessing {
    /** The text as it is. */
    NONE("none") {
        @Override
        public String apply(String text) {
            return text;
        }
    },

    /** Words that begin with {@code @} become {@code @user}, words that begin with {@code http} become {@code http}. */
    // Barbieri et al., TweetEval, 2020, https://github.com/cardiffnlp/tweeteval: the preprocess function of its readme.
    TWEET_EVAL("tweet-eval") {
        @Override
        public String apply(String text) {
            StringBuilder out = new StringBuilder(text.length());
            int start = 0;
            while (start <= text.length()) {
                int space = text.indexOf(' ', start);
                int end = space < 0 ? text.length() : space;
                if (text.startsWith("http", start) && end - start >= 4) {
                    out.append("http");
                } else if (end - start > 1 && text.charAt(start) == '@') {
                    out.append("@user");
                } else {
                    out.append(text, start, end);
                }
                if (space >= 0) {
                    out.append(' ');
                }
                start = end + 1;
            }
            return out.toString();
        }
    },

    /**
     * User names become {@code @USER}, links {@code HTTPURL}, typographic apostrophes and ellipses their ASCII forms.
     * The original also spells out emoji, which is left out here.
     */
    // Nguyen et al., BERTweet, 2020, https://github.com/VinAIResearch/BERTweet: TweetNormalizer.py.
    BERTWEET("bertweet") {
        @Override
        public String apply(String text) {
            String links = LINK.matcher(text).replaceAll("HTTPURL");
            return NAME.matcher(links).replaceAll("@USER").replace('’', '\'').replace("…", "...");
        }
    };

    private static final Pattern LINK = Pattern.compile("(?<![\\p{L}\\p{N}_])(?:https?://|www\\.)\\S++",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile("(?<![\\p{L}\\p{N}_@])@\\w++");

    private final String id;

    Preprocessing(String id) {
        this.id = id;
    }

    /** As written in configurations and records. */
    public String id() {
        return id;
    }

    public abstract String apply(String text);

    /** @throws IllegalArgumentException if there is none of that name */
    public static Preprocessing of(String id) {
        for (Preprocessing p : values()) {
            if (p.id.equals(id)) {
                return p;
            }
        }
        throw new IllegalArgumentException("preprocessing is " + id + "; expected one of "
                + Arrays.stream(values()).map(Preprocessing::id).collect(Collectors.joining(", ")));
    }
}

package dev.semblance.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.Test;

class PreprocessingTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
            "hi @jack see https://t.co/x now|hi @user see http now", "@jack: hi|@user hi", "@ 5pm|@ 5pm", "@|@",
            "httpfoo bar|http bar", "http|http", "htt p|htt p", "a  @b  c|a  @user  c", "mail a@b.c|mail a@b.c",
            "tab\t@jack|tab\t@jack"})
    void tweetEvalFollowsItsReadme(String text, String expected) {
        assertThat(Preprocessing.TWEET_EVAL.apply(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
            "hi @jack: see https://t.co/x now|hi @USER: see HTTPURL now", "(@a,@b)|(@USER,@USER)",
            "www.x.com WWW.Y.COM Http://z|HTTPURL HTTPURL HTTPURL", "it’s so…|it's so...", "mail a@b.c|mail a@b.c",
            "@@x|@@x", "swww.x|swww.x"})
    void bertweetNamesUsersAndLinks(String text, String expected) {
        assertThat(Preprocessing.BERTWEET.apply(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void isIdempotentFastAndFoundByItsName(Preprocessing p) {
        String text = "RT @a: “go” to http://x.y/z… @b www.c 😀 \uD800 \u0000 " + "@".repeat(50_000)
                + " http".repeat(50_000);
        String once = p.apply(text);
        assertThat(p.apply(once)).isEqualTo(once);
        assertThat(p.apply("")).isEmpty();
        assertThat(Preprocessing.of(p.id())).isSameAs(p);
    }

    @Test
    void refusesUnknownNames() {
        assertThatThrownBy(() -> Preprocessing.of("tweeteval")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tweeteval").hasMessageContaining("none, tweet-eval, bertweet");
    }
}

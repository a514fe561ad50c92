package io.leasehold.option;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Settings as they may be shown. */
public final class Masked {

    public static final String MASK = "***";

    private static final Pattern SECRET_NAME =
            Pattern.compile(
                    "password|passwd|pwd|secret|token|credential|jaas|passphrase|private.?key|ssl.*\\.key$|user.info");

    /** What stands behind a secret's name in a URL's parameters, and between user and host. */
    private static final Pattern URL_PARAMETER =
            Pattern.compile("(?i)((?:password|passwd|pwd|secret|token)=)[^&;]*");

    private static final Pattern URL_USER = Pattern.compile("(//[^/@:]*:)[^/@]*@");

    private Masked() {}

    /** The same keys; values of secrets replaced, and passwords within URLs too. */
    public static Map<String, String> values(Map<String, String> values) {
        Map<String, String> masked = new TreeMap<>();
        values.forEach((key, value) -> masked.put(key, value(key, value)));
        return masked;
    }

    /** How the value of a key may be shown. */
    public static String value(String key, String value) {
        return isSecret(key) ? MASK : url(value);
    }

    private static String url(String value) {
        String parameters = URL_PARAMETER.matcher(value).replaceAll("$1***");
        return URL_USER.matcher(parameters).replaceAll("$1***@");
    }

    private static boolean isSecret(String key) {
        return !key.equals(LeaseOptions.PASSWORD_FILE.key())
                && !key.equals(LeaseOptions.PASSWORD_ENV.key())
                && (LeaseOptions.ALL.stream()
                                .anyMatch(option -> option.secret() && option.key().equals(key))
                        || SECRET_NAME.matcher(key.toLowerCase(Locale.ROOT)).find());
    }
}

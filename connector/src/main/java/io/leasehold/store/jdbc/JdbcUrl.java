package io.leasehold.store.jdbc;

import io.leasehold.store.jdbc.sql.SqlDialect;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A JDBC URL and the secrets that were in it, kept apart: the URL can be shown, logged, and handed
 * to a driver that may quote it in a message. What the store itself sets is left out of it, since
 * drivers would put the URL first.
 *
 * @param shown the URL without secrets
 * @param secrets the parameters that were taken out, by their names in the URL
 */
record JdbcUrl(String shown, Map<String, String> secrets) {

    private static final Pattern SECRET =
            Pattern.compile(
                    "pass|pwd|secret|token|credential|cipher|key", Pattern.CASE_INSENSITIVE);
    private static final Pattern USER_INFO = Pattern.compile("//[^/?;]*@");

    /** As MySQL takes it: {@code //(host=h,user=me,password=p)/db}. */
    private static final Pattern USER_IN_BRACKETS =
            Pattern.compile("//[^?;]*[(,]\\s*(user|pass)[^=(,]*=", Pattern.CASE_INSENSITIVE);

    private static final Pattern BRACKETS = Pattern.compile("\\(.*", Pattern.DOTALL);

    /**
     * @throws IllegalArgumentException if there is a user before the host or in brackets with it
     */
    static JdbcUrl of(String url, SqlDialect dialect) {
        if (hasUserInfo(url)) {
            throw new IllegalArgumentException(
                    "The lease store URL %s has a user next to the host; use the options user and password instead."
                            .formatted(masked(url)));
        }
        int begin = url.indexOf(dialect.urlForm().begin());
        if (begin < 0) {
            return new JdbcUrl(url, Map.of());
        }
        String separator = String.valueOf(dialect.urlForm().separator());
        List<String> kept = new ArrayList<>();
        Map<String, String> secrets = new LinkedHashMap<>();
        for (String parameter : url.substring(begin + 1).split(separator)) {
            int equals = parameter.indexOf('=');
            String name = parameter.substring(0, Math.max(0, equals));
            if (isSecret(name)) {
                secrets.put(
                        name,
                        dialect.urlForm().decoded()
                                ? decoded(parameter.substring(equals + 1))
                                : parameter.substring(equals + 1));
            } else if (!dialect.requires(name)) {
                kept.add(parameter);
            }
        }
        String base = url.substring(0, begin);
        return new JdbcUrl(
                kept.isEmpty()
                        ? base
                        : base + dialect.urlForm().begin() + String.join(separator, kept),
                secrets);
    }

    static boolean hasUserInfo(String url) {
        return USER_INFO.matcher(url).find() || USER_IN_BRACKETS.matcher(url).find();
    }

    private static boolean isSecret(String name) {
        return SECRET.matcher(name).find();
    }

    /** A URL of a database that is not known here, without anything that could be a secret. */
    static String masked(String url) {
        String host = USER_INFO.matcher(url).replaceAll("//***@");
        return BRACKETS.matcher(host).replaceAll("(***)").split("[?;]", 2)[0];
    }

    private static String decoded(String value) {
        return URLDecoder.decode(value, StandardCharsets.UTF_8);
    }
}

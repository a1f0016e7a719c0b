package gongbei.verifier.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.verifier.cli.exit.CommandException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Says in one line why a node was not reached or has refused, and what to do: the one place for
 * these words. What a node itself says is shown as it says it.
 */
public final class NodeFaults {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");
  private static final Pattern NO_HTTP =
      Pattern.compile("(?i).*(header parser received no bytes|invalid status line|EOF reached).*");
  private static final Pattern NO_TLS =
      Pattern.compile("(?i)(unrecognized|plaintext).*SSL|SSL.*plaintext");
  private static final int MAX_TOLD_CHARACTERS = 200;

  private NodeFaults() {}

  /** The failure that ends a command whose node has not answered. */
  public static CommandException unreachable(URI server, IOException failure) {
    return CommandException.unreachable(server + unreached(server, failure));
  }

  /** What follows a node's address where it has not answered. */
  static String unreached(URI server, IOException failure) {
    if (failure instanceof HttpTimeoutException
        && !(failure instanceof HttpConnectTimeoutException)) {
      return " has not answered in time; what was asked for may have been done";
    }
    final Optional<SSLException> tls = cause(failure, SSLException.class);
    if (tls.isPresent() || isCut(server, failure)) {
      return ofTls(
          server.getHost(),
          "use " + withScheme(server, "http"),
          failure,
          tls.map(Throwable::getMessage).orElse(""));
    }
    if (cause(failure, UnresolvedAddressException.class).isPresent()) {
      return " can't be reached: no host of this name is known";
    }
    if (failure instanceof ProtocolException || NO_HTTP.matcher(messageOf(failure)).matches()) {
      return " can't be reached: what listens there does not speak HTTP; the port for devices and"
          + " the port for HTTP are two";
    }
    return " can't be reached";
  }

  /** Whether a connection that was to be TLS ended before it was. */
  private static boolean isCut(URI server, IOException failure) {
    return "https".equals(server.getScheme())
        && messageOf(failure).matches("(?s).*(terminated the handshake|EOF|closed).*");
  }

  /** What follows the address of a server for devices that was not reached. */
  public static String unreachedDevice(String host, IOException failure) {
    final Optional<SSLException> tls = cause(failure, SSLException.class);
    return tls.isPresent()
        ? ofTls(host, "leave --ca and --client-cert out", failure, messageOf(tls.get()))
        : " can't be reached: " + failure.getMessage();
  }

  private static String ofTls(String host, String withoutTls, IOException failure, String message) {
    if (cause(failure, CertificateExpiredException.class).isPresent()) {
      return " is not spoken to: its certificate has expired";
    }
    if (cause(failure, CertificateNotYetValidException.class).isPresent()) {
      return " is not spoken to: its certificate is not valid yet; look at this machine's clock";
    }
    if (cause(failure, CertPathBuilderException.class).isPresent()
        || cause(failure, CertPathValidatorException.class).isPresent()) {
      return " is not spoken to: its certificate is not trusted; give --ca FILE, the certificate"
          + " (PEM) of the authority that signed it";
    }
    final Optional<CertificateException> name = cause(failure, CertificateException.class);
    if (name.isPresent() && messageOf(name.get()).startsWith("No ")) {
      return " is not spoken to: its certificate is for another name than "
          + host
          + "; ask by a name that is in it";
    }
    final Matcher alert = ALERT.matcher(message);
    if (alert.find()) {
      return ofAlert(alert.group(1));
    }
    if (NO_TLS.matcher(message).find()) {
      return " is not spoken to: this port does not speak TLS; " + withoutTls;
    }
    return " is not spoken to: TLS failed: "
        + (message.isEmpty() ? "the connection was closed during the handshake" : message);
  }

  private static String ofAlert(String alert) {
    return switch (alert) {
      // Java's servers call a certificate bad that is not shown.
      case "certificate_required", "bad_certificate", "handshake_failure" ->
          " wants a certificate of its clients: give --client-cert and --client-key";
      case "certificate_unknown", "unknown_ca", "certificate_expired" ->
          " does not accept the certificate of --client-cert (" + alert + ")";
      case "protocol_version" -> " is not spoken to: it does not speak TLS 1.3";
      case "internal_error" ->
          " takes no more TLS handshakes from this address at the moment; try again";
      default -> " is not spoken to: it ended the TLS handshake (" + alert + ")";
    };
  }

  /** The failure that ends a command whose node has answered that it does not do it. */
  public static CommandException refusal(URI server, int status, String body) {
    final String said = said(server, status, body);
    return status >= 500 ? CommandException.unreachable(said) : CommandException.refused(said);
  }

  /** What a node has answered instead of doing what it was asked for, in one line. */
  static String said(URI server, int status, String body) {
    final JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return server + " answered status " + status + told(body);
    }
    if (answer == null || !answer.path("type").isTextual()) {
      return server + " answered status " + status + told(body);
    }
    final String type = answer.path("type").textValue().replace("/problems/", "");
    final String detail = answer.path("detail").asText();
    return switch (type) {
      case "tls-required" -> type + ": this port speaks TLS; use " + withScheme(server, "https");
      case "key-missing" ->
          type + ": " + detail + "; give --api-key-file FILE, or the variable GONGBEI_API_KEY";
      case "unknown-key", "expired-key" ->
          type + ": " + detail + "; see --api-key-file, or the variable GONGBEI_API_KEY";
      case "other-cluster" -> type + ": " + detail + "; see --node-region and --node-cluster";
      default -> type + ": " + detail;
    };
  }

  /** The type of the problem that a node has answered, without its path; empty of none. */
  public static String typeOf(String body) {
    try {
      final JsonNode answer = JSON.readTree(body);
      return answer == null ? "" : answer.path("type").asText().replace("/problems/", "");
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  /** The first line of what is no problem, as of a proxy, short and printable. */
  private static String told(String body) {
    final String line =
        body.strip().lines().findFirst().orElse("").replaceAll("[^\\x20-\\x7e]", "?");
    if (line.isEmpty()) {
      return "";
    }
    return ": "
        + (line.length() > MAX_TOLD_CHARACTERS ? line.substring(0, MAX_TOLD_CHARACTERS) : line);
  }

  private static String withScheme(URI server, String scheme) {
    return scheme + server.toString().substring(server.getScheme().length());
  }

  private static String messageOf(Throwable failure) {
    return failure.getMessage() == null ? "" : failure.getMessage();
  }

  private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return Optional.of(type.cast(each));
      }
    }
    return Optional.empty();
  }
}

import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.client.DeviceVerdict;
import gongbei.verifier.protocol.VerdictCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ExecutionException;

/**
 * Has one code judged by a Gongbei server, with gongbei-client.jar.
 *
 * <pre>java -cp gongbei-client.jar:… Scan HOST PORT DEVICE CREDENTIAL-FILE CHECKPOINT CODE</pre>
 *
 * <p>CREDENTIAL-FILE holds what {@code gongbei device enrol} showed, in hexadecimal; "-" stands for
 * none. Exit code: 0 pass; 1 hold, refuse, or the scan is rejected; 2 usage; 3 the server can't be
 * reached, does not answer in time, or refuses the device.
 */
public final class Scan {
  private Scan() {}

  public static void main(String[] arguments) throws InterruptedException {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) throws InterruptedException {
    if (arguments.length != 6) {
      System.err.println("usage: Scan HOST PORT DEVICE CREDENTIAL-FILE CHECKPOINT CODE");
      return 2;
    }
    final DeviceClient.Context context;
    try {
      context =
          new DeviceClient.Context()
              .server(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])))
              .device(arguments[2], credential(arguments[3]));
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("scan: " + e.getMessage());
      return 2;
    }
    try (DeviceClient device = new DeviceClient(context)) {
      final DeviceVerdict verdict = device.at(arguments[4]).scan(arguments[5]).get();
      System.out.println(words(verdict));
      return verdict.verdict() == VerdictCode.PASS ? 0 : 1;
    } catch (IllegalArgumentException e) {
      System.err.println("scan: " + e.getMessage());
      return 2;
    } catch (IOException | DeviceException e) {
      System.err.println("scan: " + e.getMessage());
      return 3;
    } catch (ExecutionException e) {
      return unanswered(e.getCause());
    }
  }

  private static int unanswered(Throwable cause) {
    if (cause instanceof DeviceException.Rejected rejected) {
      System.out.println("rejected: " + rejected.rejection().value());
      return 1;
    }
    if (cause instanceof DeviceException.Busy) {
      System.out.println("hold: busy");
      return 1;
    }
    System.err.println("scan: " + cause.getMessage());
    return 3;
  }

  private static byte[] credential(String file) throws IOException {
    return file.equals("-")
        ? new byte[0]
        : HexFormat.of().parseHex(Files.readString(Path.of(file)).strip());
  }

  private static String words(DeviceVerdict verdict) {
    return verdict.verdict().name().toLowerCase(Locale.ROOT)
        + ": "
        + verdict.reason().name().toLowerCase(Locale.ROOT).replace('_', '-')
        + (verdict.field().isEmpty() ? "" : ", " + verdict.field())
        + (verdict.stale() ? " (old data)" : "");
  }
}

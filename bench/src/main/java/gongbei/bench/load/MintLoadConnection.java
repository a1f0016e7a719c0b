package gongbei.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A wallet's kept-alive connection, or that of a gateway before many wallets, which asks {@code
 * POST /v1/codes} for one holder after the other and keeps the codes that come. For one thread.
 */
final class MintLoadConnection extends HttpLoadConnection {
  private static final byte[] CODE = "\"code\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final int BUFFER_BYTES = 2 * 1024;
  private static final int CREATED = 201;

  private final DisplayedCodes displayed;
  private final long[] holders;
  private int first;
  private int inFlight;

  /**
   * @param most how many questions are on their way at most
   * @param displayed where codes are put that come
   */
  MintLoadConnection(InetSocketAddress server, int most, DisplayedCodes displayed)
      throws IOException {
    super(
        server,
        most,
        most * BUFFER_BYTES,
        "/v1/codes",
        new Body(
            "{\"ttlSeconds\":" + DisplayedCodes.TTL_SECONDS + ",\"subject\":\"",
            "\"}",
            BUFFER_BYTES));
    this.displayed = displayed;
    holders = new long[most];
  }

  @Override
  void ask(long id, Questions questions) {
    holders[(first + inFlight++) % holders.length] = ((DisplayedCodes.Holders) questions).atHand();
    super.ask(id, questions);
  }

  @Override
  void answered() {
    first = (first + 1) % holders.length;
    inFlight--;
  }

  @Override
  int answer(int status, int body, int end) {
    final long holder = holders[first];
    answered();
    final int at = status == CREATED ? find(CODE, body, end) : -1;
    if (at < 0) {
      return 0;
    }
    final int start = at + CODE.length;
    int length = 0;
    while (in.get(start + length) != '"') {
      length++;
    }
    final byte[] code = new byte[length];
    in.get(start, code, 0, length);
    displayed.add(holder, code);
    return DisplayedCodes.Holders.DISPLAYED;
  }
}

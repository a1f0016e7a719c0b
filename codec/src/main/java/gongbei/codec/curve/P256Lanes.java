package gongbei.codec.curve;

/** Lanes modulo the prime of P-256, p = 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1. */
final class P256Lanes extends LaneField {
  @Override
  void eliminate(double[] t, double[] q) {
    eliminateFirst(t, q);
    eliminateSecond(t, q);
    eliminateThird(t, q);
    eliminateFourth(t, q);
    eliminateFifth(t, q);
    eliminateLast(t, q);
  }

  private static void eliminateFirst(double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double t0 = t[i];
      double t1 = t[LANES + i];
      final double carry0 = Math.fma(t0, DOWN, ROUND) - ROUND;
      final double q0 = Math.fma(carry0, -UP, t0);
      q[i] = q0;
      t1 += carry0;
      double t4 = t[4 * LANES + i];
      t4 += q0;
      double t8 = t[8 * LANES + i];
      t8 += q0;
      double t2 = t[2 * LANES + i];
      final double carry1 = Math.fma(t1, DOWN, ROUND) - ROUND;
      final double q1 = Math.fma(carry1, -UP, t1);
      q[LANES + i] = q1;
      t2 += carry1;
      double t5 = t[5 * LANES + i];
      t5 += q1;
      double t9 = t[9 * LANES + i];
      t9 += q1;
      t[4 * LANES + i] = t4;
      t[8 * LANES + i] = t8;
      t[2 * LANES + i] = t2;
      t[5 * LANES + i] = t5;
      t[9 * LANES + i] = t9;
    }
  }

  private static void eliminateSecond(double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double t2 = t[2 * LANES + i];
      double t3 = t[3 * LANES + i];
      final double carry2 = Math.fma(t2, DOWN, ROUND) - ROUND;
      final double q2 = Math.fma(carry2, -UP, t2);
      q[2 * LANES + i] = q2;
      t3 += carry2;
      double t6 = t[6 * LANES + i];
      t6 += q2;
      double t10 = t[10 * LANES + i];
      t10 += q2;
      double t4 = t[4 * LANES + i];
      final double carry3 = Math.fma(t3, DOWN, ROUND) - ROUND;
      final double q3 = Math.fma(carry3, -UP, t3);
      q[3 * LANES + i] = q3;
      t4 += carry3;
      double t7 = t[7 * LANES + i];
      t7 += q3;
      double t11 = t[11 * LANES + i];
      t11 += q3;
      t[6 * LANES + i] = t6;
      t[10 * LANES + i] = t10;
      t[4 * LANES + i] = t4;
      t[7 * LANES + i] = t7;
      t[11 * LANES + i] = t11;
    }
  }

  private static void eliminateThird(double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double t4 = t[4 * LANES + i];
      double t5 = t[5 * LANES + i];
      final double carry4 = Math.fma(t4, DOWN, ROUND) - ROUND;
      final double q4 = Math.fma(carry4, -UP, t4);
      q[4 * LANES + i] = q4;
      t5 += carry4;
      double t8 = t[8 * LANES + i];
      t8 += q4;
      double t12 = t[12 * LANES + i];
      t12 += q4;
      double t6 = t[6 * LANES + i];
      final double carry5 = Math.fma(t5, DOWN, ROUND) - ROUND;
      final double q5 = Math.fma(carry5, -UP, t5);
      q[5 * LANES + i] = q5;
      t6 += carry5;
      double t9 = t[9 * LANES + i];
      t9 += q5;
      double t13 = t[13 * LANES + i];
      t13 += q5;
      t[8 * LANES + i] = t8;
      t[12 * LANES + i] = t12;
      t[6 * LANES + i] = t6;
      t[9 * LANES + i] = t9;
      t[13 * LANES + i] = t13;
    }
  }

  private static void eliminateFourth(double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double t6 = t[6 * LANES + i];
      double t7 = t[7 * LANES + i];
      final double carry6 = Math.fma(t6, DOWN, ROUND) - ROUND;
      final double q6 = Math.fma(carry6, -UP, t6);
      q[6 * LANES + i] = q6;
      t7 += carry6;
      double t10 = t[10 * LANES + i];
      t10 += q6;
      double t14 = t[14 * LANES + i];
      t14 += q6;
      double t8 = t[8 * LANES + i];
      final double carry7 = Math.fma(t7, DOWN, ROUND) - ROUND;
      final double q7 = Math.fma(carry7, -UP, t7);
      q[7 * LANES + i] = q7;
      t8 += carry7;
      double t11 = t[11 * LANES + i];
      t11 += q7;
      double t15 = t[15 * LANES + i];
      t15 += q7;
      t[10 * LANES + i] = t10;
      t[14 * LANES + i] = t14;
      t[8 * LANES + i] = t8;
      t[11 * LANES + i] = t11;
      t[15 * LANES + i] = t15;
    }
  }

  private static void eliminateFifth(double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double t8 = t[8 * LANES + i];
      double t9 = t[9 * LANES + i];
      final double carry8 = Math.fma(t8, DOWN, ROUND) - ROUND;
      final double q8 = Math.fma(carry8, -UP, t8);
      q[8 * LANES + i] = q8;
      t9 += carry8;
      double t12 = t[12 * LANES + i];
      t12 += q8;
      double t16 = t[16 * LANES + i];
      t16 += q8;
      t[9 * LANES + i] = t9;
      t[12 * LANES + i] = t12;
      t[16 * LANES + i] = t16;
    }
  }

  private static void eliminateLast(double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double t9 = t[9 * LANES + i];
      t9 = Math.fma(q[i], -0x1p8, t9);
      double t10 = t[10 * LANES + i];
      t10 = Math.fma(q[LANES + i], -0x1p8, Math.fma(q[i], 0x1p16, t10));
      final double carry9 = Math.fma(t9, DOWN, ROUND) - ROUND;
      final double q9 = Math.fma(carry9, -UP, t9);
      q[9 * LANES + i] = q9;
      t10 += carry9;
      double t13 = t[13 * LANES + i];
      t13 += q9;
      double t17 = t[17 * LANES + i];
      t17 += q9;
      double t11 = t[11 * LANES + i];
      final double carry10 = Math.fma(t10, DOWN, ROUND) - ROUND;
      final double q10 = Math.fma(carry10, -UP, t10);
      q[10 * LANES + i] = q10;
      t11 += carry10;
      double t14 = t[14 * LANES + i];
      t14 += q10;
      double t18 = t[18 * LANES + i];
      t18 += q10;
      t[13 * LANES + i] = t13;
      t[17 * LANES + i] = t17;
      t[11 * LANES + i] = t11;
      t[14 * LANES + i] = t14;
      t[18 * LANES + i] = t18;
    }
  }

  @Override
  void fold(double[] t) {
    for (int i = 0; i < LANES; i++) {
      final double t10 = t[10 * LANES + i];
      final double top = Math.fma(t10, 0x1p-16, ROUND) - ROUND;
      t[10 * LANES + i] = Math.fma(top, -0x1p16, t10);
      t[9 * LANES + i] = Math.fma(top, 0x1p8, t[9 * LANES + i]);
      t[8 * LANES + i] -= top;
      t[4 * LANES + i] -= top;
      t[i] += top;
    }
  }
}

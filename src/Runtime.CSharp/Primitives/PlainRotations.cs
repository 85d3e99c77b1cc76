namespace Adjoint.Primitives;

/// <summary>Jacobi's rotations, for plain evaluation.</summary>
internal static class PlainRotations
{
    /// <summary>Turns rows and columns p and q of a symmetric matrix so that their common element vanishes; the columns of v turn along.</summary>
    internal static void Turn(double[] a, double[] v, int n, int p, int q)
    {
        double between = a[(p * n) + q];
        if (Math.Abs(between) <= 1e-18 * Math.Sqrt(Math.Abs(a[(p * n) + p] * a[(q * n) + q])) || between == 0)
        {
            return;
        }

        (double c, double s) = Angle((a[(q * n) + q] - a[(p * n) + p]) / (2 * between));
        for (int i = 0; i < n; i++)
        {
            (a[(i * n) + p], a[(i * n) + q]) = Turned(a[(i * n) + p], a[(i * n) + q], c, s);
            (v[(i * n) + p], v[(i * n) + q]) = Turned(v[(i * n) + p], v[(i * n) + q], c, s);
        }

        for (int i = 0; i < n; i++)
        {
            (a[(p * n) + i], a[(q * n) + i]) = Turned(a[(p * n) + i], a[(q * n) + i], c, s);
        }

        a[(p * n) + q] = a[(q * n) + p] = 0;
    }

    /// <summary>1, or −1 where the component of largest magnitude, the first of such, is negative.</summary>
    internal static double Sign(ReadOnlySpan<double> vector)
    {
        double largest = 0;
        foreach (double element in vector)
        {
            largest = Math.Abs(element) > Math.Abs(largest) ? element : largest;
        }

        return largest < 0 ? -1 : 1;
    }

    /// <summary>Cosine and sine of the smaller angle with this cotangent of its double.</summary>
    private static (double C, double S) Angle(double cotangent)
    {
        double t = (cotangent >= 0 ? 1 : -1) / (Math.Abs(cotangent) + double.Hypot(1, cotangent));
        double c = 1 / double.Hypot(1, t);
        return (c, c * t);
    }

    private static (double X, double Y) Turned(double x, double y, double c, double s) => ((c * x) - (s * y), (s * x) + (c * y));
}

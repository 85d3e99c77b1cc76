namespace Adjoint.Primitives;

/// <summary>Singular values and vectors by rotations of pairs of columns until all are orthogonal (Hestenes 1958), for plain evaluation.</summary>
internal static class PlainSingular
{
    /// <summary>u, s and vt of a [m, n], all row-major.</summary>
    internal static void Of(double[] a, int m, int n, double[] u, double[] s, double[] vt)
    {
        int k = Math.Min(m, n);
        double[][] lines = [.. Enumerable.Range(0, k).Select(i => Line(a, m, n, i))];
        double[][] turns = [.. Enumerable.Range(0, k).Select(i => Enumerable.Range(0, k).Select(j => i == j ? 1.0 : 0.0).ToArray())];
        for (int sweep = 0; sweep < 60; sweep++)
        {
            for (int i = 0; i < k; i++)
            {
                for (int j = i + 1; j < k; j++)
                {
                    Turn(lines[i], lines[j], turns[i], turns[j]);
                }
            }
        }

        int[] order = [.. Enumerable.Range(0, k).OrderByDescending(i => Dot(lines[i], lines[i]))];
        double[][] whole = [.. order.Select(i => lines[i])];
        for (int j = 0; j < k; j++)
        {
            s[j] = Math.Sqrt(Dot(whole[j], whole[j]));
            Normalise(whole, j, s[j] > s[0] * 1e-15 * Math.Max(m, n));
            for (int i = 0; i < Math.Max(m, n); i++)
            {
                (m >= n ? ref u[(i * k) + j] : ref vt[(j * n) + i]) = whole[j][i];
            }

            for (int i = 0; i < k; i++)
            {
                (m >= n ? ref vt[(j * n) + i] : ref u[(i * k) + j]) = turns[order[j]][i];
            }
        }
    }

    /// <summary>A column of a tall matrix, a row of a wide one.</summary>
    private static double[] Line(double[] a, int m, int n, int i) => m >= n
        ? [.. Enumerable.Range(0, m).Select(row => a[(row * n) + i])]
        : a[(i * n)..((i + 1) * n)];

    private static void Turn(double[] x, double[] y, double[] u, double[] v)
    {
        double xy = Dot(x, y), xx = Dot(x, x), yy = Dot(y, y);
        if (Math.Abs(xy) <= 1e-17 * Math.Sqrt(xx) * Math.Sqrt(yy))
        {
            return;
        }

        double zeta = (yy - xx) / (2 * xy);
        double t = (zeta >= 0 ? 1 : -1) / (Math.Abs(zeta) + double.Hypot(1, zeta)), c = 1 / double.Hypot(1, t);
        foreach ((double[] first, double[] second) in new[] { (x, y), (u, v) })
        {
            for (int i = 0; i < first.Length; i++)
            {
                (first[i], second[i]) = (c * (first[i] - (t * second[i])), c * (second[i] + (t * first[i])));
            }
        }
    }

    /// <summary>A line over its length; one without length becomes any that is orthogonal to those before it.</summary>
    private static void Normalise(double[][] lines, int j, bool hasLength)
    {
        double[] line = lines[j];
        for (int unit = -1; unit < line.Length; unit++)
        {
            if (unit >= 0)
            {
                Array.Clear(line);
                line[unit] = 1;
            }

            for (int i = 0; i < 2 * j && !(hasLength && unit < 0); i++)
            {
                double along = Dot(line, lines[i % j]);
                for (int p = 0; p < line.Length; p++)
                {
                    line[p] -= along * lines[i % j][p];
                }
            }

            double length = Math.Sqrt(Dot(line, line));
            if ((unit < 0 && hasLength) || (unit >= 0 && length * length * 2 * line.Length >= 1))
            {
                for (int p = 0; p < line.Length; p++)
                {
                    line[p] /= length;
                }

                return;
            }
        }
    }

    private static double Dot(double[] x, double[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }
}

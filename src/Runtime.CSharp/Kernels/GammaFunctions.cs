namespace Adjoint.Kernels;

/// <summary>The logarithm of the gamma function and its derivatives, in f64.</summary>
/// <remarks>Formulas by their numbers in the NIST Digital Library of Mathematical Functions (DLMF).</remarks>
internal static class GammaFunctions
{
    private const double HalfLogTwoPi = 0.91893853320467274178;
    private const double OneMinusEuler = 0.42278433509846713939;

    /// <summary>Where ψ is 0, in two parts.</summary>
    private const double Zero = 1.4616321449683622;
    private const double ZeroLow = 9.549995429965697e-17;

    /// <summary>ζ(k) − 1 for k = 2, 3 …</summary>
    private static readonly double[] ZetaMinusOne =
    [
        0.64493406684822643647, 0.2020569031595942854, 0.082323233711138191516, 0.036927755143369926331, 0.017343061984449139715,
        0.0083492773819228268398, 0.0040773561979443393787, 0.0020083928260822144179, 0.00099457512781808533715,
        0.0004941886041194645587, 0.00024608655330804829864, 0.00012271334757848914675, 0.000061248135058704829259,
        0.000030588236307020493552, 0.000015282259408651871733, 7.6371976378997622736e-6, 3.8172932649998398565e-6,
        1.9082127165539389257e-6, 9.5396203387279611315e-7, 4.7693298678780646312e-7, 2.3845050272773299e-7,
        1.1921992596531107307e-7, 5.9608189051259479612e-8, 2.9803503514652280186e-8, 1.4901554828365041235e-8,
        7.450711789835429492e-9, 3.7253340247884570548e-9,
    ];

    /// <summary>B₂, B₄ …</summary>
    private static readonly double[] Bernoulli =
    [
        1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330,
        854513.0 / 138, -236364091.0 / 2730,
    ];

    /// <summary>ln |Γ(x)|: reflection (5.5.3), Taylor series at 2 (5.7.3), recurrence (5.5.1), Stirling's series (5.11.1).</summary>
    internal static double LogGamma(double x)
    {
        if (!double.IsFinite(x) || IsPole(x))
        {
            return double.IsNaN(x) ? x : double.PositiveInfinity;
        }

        if (x < 0.5)
        {
            return Math.Log(Math.PI / Math.Abs(double.SinPi(x))) - LogGamma(1 - x);
        }

        if (x >= 10)
        {
            return Stirling(x);
        }

        if (x < 1.5)
        {
            return NearTwo(x - 1) - ScalarMath.Log1p(x - 1);
        }

        double product = 1;
        while (x > 2.5)
        {
            x -= 1;
            product *= x;
        }

        return Math.Log(product) + NearTwo(x - 2);
    }

    /// <summary>The derivative of this order of ψ = (ln Γ)′.</summary>
    /// <remarks>Reflection (5.15.6), recurrence (5.15.5), asymptotic series (5.11.2, 5.15.9).</remarks>
    internal static double Polygamma(int order, double x)
    {
        if (IsPole(x))
        {
            return order % 2 == 0 ? double.NaN : double.PositiveInfinity;
        }

        if (order == 0 && Math.Abs(x - Zero) < 1)
        {
            return NearZero(x);
        }

        double sign = order % 2 == 0 ? 1 : -1;
        if (x < 0)
        {
            return (sign * Polygamma(order, 1 - x)) - CotangentDerivative(order, x);
        }

        int steps = x < 10 + order ? (int)Math.Ceiling(10 + order - x) : 0;
        double sum = Asymptotic(order, x + steps);
        double factorial = Factorial(order);
        for (int k = steps - 1; k >= 0; k--)
        {
            sum -= sign * factorial / Math.Pow(x + k, order + 1);
        }

        return sum;
    }

    /// <summary>ψ(x) − ψ(z) with z the positive zero of ψ: each term of the recurrence and of the asymptotic series has the factor x − z.</summary>
    private static double NearZero(double x)
    {
        const int steps = 60;
        double d = x - Zero - ZeroLow;
        double sum = 0;
        for (int k = steps - 1; k >= 0; k--)
        {
            sum += 1 / ((x + k) * (Zero + k));
        }

        double far = x + steps;
        double farZero = Zero + steps;
        double w = 1 / (far * far);
        double z = 1 / (farZero * farZero);
        double series = (1.0 / 12) - ((w + z) / 120) + (((w * w) + (w * z) + (z * z)) / 252);
        return ScalarMath.Log1p(d / farZero) + (d * (sum + (0.5 / (far * farZero)) + ((far + farZero) * w * z * series)));
    }

    private static bool IsPole(double x) => x <= 0 && Math.Floor(x) == x && double.IsFinite(x);

    private static double NearTwo(double z)
    {
        double sum = 0;
        for (int k = ZetaMinusOne.Length + 1; k >= 2; k--)
        {
            sum = (ZetaMinusOne[k - 2] / k) - (sum * z);
        }

        return z * (OneMinusEuler + (z * sum));
    }

    private static double Stirling(double x)
    {
        double inverse = 1 / (x * x);
        double sum = 0;
        for (int k = 8; k >= 1; k--)
        {
            sum = (sum * inverse) + (Bernoulli[k - 1] / (2 * k * ((2 * k) - 1)));
        }

        return ((x - 0.5) * Math.Log(x)) - x + HalfLogTwoPi + (sum / x);
    }

    private static double Asymptotic(int order, double x)
    {
        // Term k of the sum is B₂ₖ (2k + n − 1)!/((2k)! x^(2k + n)).
        double power = Math.Pow(x, -order);
        double ratio = order == 0 ? 0.5 : Factorial(order + 1) / 2;
        double sum = 0;
        for (int k = 1; k <= Bernoulli.Length; k++)
        {
            power /= x * x;
            sum += Bernoulli[k - 1] * ratio * power;
            ratio *= ((2.0 * k) + order) * ((2 * k) + order + 1) / (((2.0 * k) + 1) * ((2 * k) + 2));
        }

        if (order == 0)
        {
            return Math.Log(x) - (0.5 / x) - sum;
        }

        double leading = Factorial(order - 1) * Math.Pow(x, -order) * (1 + (order / (2 * x)));
        return (order % 2 == 0 ? -1 : 1) * (leading + sum);
    }

    /// <summary>π dⁿ/dxⁿ cot(πx): a polynomial in c = cot(πx), since c′ = −π(1 + c²).</summary>
    private static double CotangentDerivative(int order, double x)
    {
        double[] polynomial = [0, 1];
        for (int i = 0; i < order; i++)
        {
            var next = new double[polynomial.Length + 1];
            for (int power = 1; power < polynomial.Length; power++)
            {
                next[power - 1] -= power * polynomial[power];
                next[power + 1] -= power * polynomial[power];
            }

            polynomial = next;
        }

        double cotangent = double.CosPi(x) / double.SinPi(x);
        double sum = polynomial[^1];
        for (int power = polynomial.Length - 2; power >= 0; power--)
        {
            sum = (sum * cotangent) + polynomial[power];
        }

        return sum * Math.Pow(Math.PI, order + 1);
    }

    private static double Factorial(int n)
    {
        double product = 1;
        for (int i = 2; i <= n; i++)
        {
            product *= i;
        }

        return product;
    }
}

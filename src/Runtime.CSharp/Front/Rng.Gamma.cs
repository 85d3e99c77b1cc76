using Adjoint.Core;

namespace Adjoint.Front;

/// <content>
/// Distributions drawn by rejection: parameters are tensors that broadcast to the shape, and have no derivative. Numbers are not JAX's.
/// </content>
public static partial class Rng
{
    /// <summary>Numbers of the gamma distribution of a shape parameter above 0 and scale 1; multiply for another scale.</summary>
    /// <exception cref="DomainException">When it runs: a parameter is not above 0 and finite.</exception>
    /// <param name="key">A key.</param>
    /// <param name="alpha">The shape parameter, f32 or f64; its mean and variance are this.</param>
    /// <param name="shape">The shape of the result; the parameter's unless given.</param>
    /// <remarks>Marsaglia and Tsang 2000; below 1 through a number of alpha + 1 and a power of a uniform one.</remarks>
    public static Expr Gamma(Expr key, Expr alpha, Shape? shape = null) => LogGamma("gamma", key, alpha, shape).Exp();

    /// <summary>Numbers of the beta distribution on 0 … 1 with both parameters above 0.</summary>
    public static Expr Beta(Expr key, Expr a, Expr b, Shape? shape = null)
    {
        Expr[] keys = Split(key);
        Shape all = shape ?? Broadcasting.Common("beta", a.Shape, b.Shape);
        return (LogGamma("beta", keys[0], a, all) - LogGamma("beta", keys[1], b, all)).Sigmoid();
    }

    /// <summary>Vectors [draws…, n] of the Dirichlet distribution: at least 0, of sum 1. Parameters [n] are above 0.</summary>
    public static Expr Dirichlet(Expr key, Expr alpha, Shape? draws = null) =>
        LogGamma("dirichlet", key, alpha, (draws ?? Shape.Scalar).Concat(alpha.Shape)).Softmax();

    /// <summary>Counts of the Poisson distribution of rates from 0, f32 or f64, in i64.</summary>
    /// <remarks>Below 10 by products of uniform numbers (Knuth), from 10 by transformed rejection (Hörmann 1993, PTRS).</remarks>
    public static Expr Poisson(Expr key, Expr rate, Shape? shape = null)
    {
        Expr wide = Parameter("poisson", rate, "at least 0", rate.GreaterOrEqual(0), shape);
        Expr few = wide.Less(10);
        Expr[] keys = Split(key);
        Expr small = Knuth(keys[0], few.Where(wide, 0.0));
        Expr large = Transformed(keys[1], few.Where(10.0, wide));
        return few.Where(small, large).Cast(DType.I64);
    }

    private static Expr LogGamma(string operation, Expr key, Expr alpha, Shape? shape)
    {
        Expr wide = Parameter(operation, alpha, "above 0", alpha.Greater(0), shape);
        Expr below = wide.Less(1);
        Expr d = below.Where(wide + 1.0, wide) - (1.0 / 3.0);
        Expr c = (9.0 * d).Rsqrt();
        Expr[] keys = Split(key);
        Expr cube = Rejected(keys[0], d.OnesLike(), (normalKey, uniformKey) =>
        {
            Expr x = Normal(normalKey, d.Shape, d.DType);
            Expr v = 1.0 + (c * x);
            Expr cube = v.Greater(0).Where(v, 1.0).Pow(3);
            Expr bound = (0.5 * x * x) + (d * (1.0 - cube + cube.Log()));
            return (cube, v.Greater(0).And(Uniform(uniformKey, d.Shape, d.DType).Log().Less(bound)));
        });
        Expr power = (-Uniform(keys[1], d.Shape, d.DType)).Log1p() / below.Where(wide, 1.0);
        return (d * cube).Log() + below.Where(power, 0.0);
    }

    /// <summary>How many uniform numbers can be multiplied before the product is below e^−rate.</summary>
    private static Expr Knuth(Expr key, Expr rate)
    {
        Expr[] last = Flow.While(
            state => state[1].Greater(-rate).Any(),
            state =>
            {
                Expr next = state[1] + (-Uniform(FoldIn(key, state[0]), rate.Shape, rate.DType)).Log1p();
                return [state[0] + 1, next, state[2] + next.Greater(-rate).Cast(rate.DType)];
            },
            [Tensors.Zeros(DType.I32), rate.ZerosLike(), rate.ZerosLike()]);
        return last[2];
    }

    private static Expr Transformed(Expr key, Expr rate)
    {
        Expr b = 0.931 + (2.53 * rate.Sqrt());
        Expr a = (0.02483 * b) - 0.059;
        Expr scale = 1.1239 + (1.1328 / (b - 3.4));
        Expr sure = 0.9277 - (3.6224 / (b - 2.0));
        return Rejected(key, rate, (first, second) =>
        {
            Expr u = Uniform(first, rate.Shape, rate.DType) - 0.5;
            Expr v = Uniform(second, rate.Shape, rate.DType);
            Expr edge = 0.5 - u.Abs();
            Expr count = ((((2.0 * a / edge) + b) * u) + rate + 0.43).Floor();
            Expr possible = count.Maximum(0);
            Expr density = (possible * rate.Log()) - rate - (possible + 1.0).Lgamma();
            Expr within = (v * scale / ((a / (edge * edge)) + b)).Log().LessOrEqual(density);
            Expr far = count.Less(0).Or(edge.Less(0.013).And(v.Greater(edge)));
            return (possible, edge.GreaterOrEqual(0.07).And(v.LessOrEqual(sure)).Or(far.Not().And(within)));
        });
    }

    /// <summary>Draws until every element is accepted; each keeps the first that is.</summary>
    private static Expr Rejected(Expr key, Expr like, Func<Expr, Expr, (Expr Value, Expr Accepted)> draw) => Flow.While(
        state => state[2].Not().Any(),
        state =>
        {
            Expr[] keys = Split(FoldIn(key, state[0]));
            (Expr value, Expr accepted) = draw(keys[0], keys[1]);
            return [state[0] + 1, state[2].Where(state[1], value), state[2].Or(accepted)];
        },
        [Tensors.Zeros(DType.I32), like, Tensors.Zeros(DType.Bool, like.Shape.ToArray())])[1];

    /// <summary>A parameter as a constant of the result's shape; others than these would be rejected for ever.</summary>
    private static Expr Parameter(string operation, Expr parameter, string wanted, Expr holds, Shape? shape)
    {
        if (parameter.DType is not (DType.F32 or DType.F64))
        {
            throw new DTypeException($"{operation}: the parameter is {parameter.Type}, not f32 or f64. Cast it?").Here();
        }

        return parameter.StopGradient()
            .Check(holds.And(parameter.IsFinite()).All(), $"{operation}: a parameter is not finite and {wanted}.")
            .BroadcastTo(shape ?? parameter.Shape);
    }
}

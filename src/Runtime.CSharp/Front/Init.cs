using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>What a variance of weights is divided by.</summary>
public enum FanMode
{
    /// <summary>The number of inputs of an output: keeps the variance of what goes forward.</summary>
    In,

    /// <summary>The number of outputs of an input: keeps the variance of what comes back.</summary>
    Out,

    /// <summary>The mean of both.</summary>
    Average,
}

/// <summary>
/// First weights. Fans are those of a dense layer's [inputs, outputs] or of a convolution's [outputs, inputs / groups, window…].
/// </summary>
public static class Init
{
    /// <summary>The standard deviation of the standard normal distribution between −2 and 2.</summary>
    private const double Truncated = 0.87962566103423978;

    /// <summary>Numbers spread evenly, of variance scale / fan: within ±√(3 scale / fan).</summary>
    public static Expr ScaledUniform(Expr key, Shape shape, double scale, FanMode mode = FanMode.In, DType type = DType.F32)
    {
        double bound = Math.Sqrt(3.0 * scale / Fan(shape, mode));
        return Rng.Uniform(key, shape, type, -bound, bound);
    }

    /// <summary>Normal numbers of variance scale / fan, cut at two standard deviations of the uncut ones, as Keras and JAX do.</summary>
    public static Expr ScaledNormal(Expr key, Shape shape, double scale, FanMode mode = FanMode.In, DType type = DType.F32) =>
        Rng.TruncatedNormal(key, shape, -2.0, 2.0, type) * (Math.Sqrt(scale / Fan(shape, mode)) / Truncated);

    /// <summary>Evenly within ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010); Xavier's in PyTorch.</summary>
    public static Expr GlorotUniform(Expr key, Shape shape, DType type = DType.F32) => ScaledUniform(key, shape, 1.0, FanMode.Average, type);

    /// <summary>Normal, of variance 2 / (inputs + outputs) (Glorot and Bengio 2010).</summary>
    public static Expr GlorotNormal(Expr key, Shape shape, DType type = DType.F32) => ScaledNormal(key, shape, 1.0, FanMode.Average, type);

    /// <summary>Evenly within ±√(6 / inputs), for relu (He et al. 2015); Kaiming's in PyTorch.</summary>
    public static Expr HeUniform(Expr key, Shape shape, DType type = DType.F32) => ScaledUniform(key, shape, 2.0, FanMode.In, type);

    /// <summary>Normal, of variance 2 / inputs, for relu (He et al. 2015).</summary>
    public static Expr HeNormal(Expr key, Shape shape, DType type = DType.F32) => ScaledNormal(key, shape, 2.0, FanMode.In, type);

    /// <summary>Evenly within ±√(3 / inputs) (LeCun et al. 1998).</summary>
    public static Expr LeCunUniform(Expr key, Shape shape, DType type = DType.F32) => ScaledUniform(key, shape, 1.0, FanMode.In, type);

    /// <summary>Normal, of variance 1 / inputs (LeCun et al. 1998); for selu.</summary>
    public static Expr LeCunNormal(Expr key, Shape shape, DType type = DType.F32) => ScaledNormal(key, shape, 1.0, FanMode.In, type);

    /// <summary>
    /// A matrix whose shorter side's vectors are orthogonal and of norm 1, from a normal one by Gram and Schmidt's method, twice
    /// (Saxe, McClelland and Ganguli 2014). Further axes count to the columns.
    /// </summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public static Expr Orthogonal(Expr key, Shape shape, DType type = DType.F32)
    {
        if (shape.Rank < 2)
        {
            throw new ShapeException($"orthogonal: a shape of two axes or more is wanted, not {shape}.").Here();
        }

        int rows = shape[0].Value;
        int columns = shape.Size / Math.Max(rows, 1);
        DType real = type is DType.F16 or DType.BF16 ? DType.F32 : type;
        Expr vectors = Rng.Normal(key, Shape.Of(Math.Min(rows, columns), Math.Max(rows, columns)), real);
        Expr basis = Flow.Fori(0, Math.Min(rows, columns), (i, basis) =>
        {
            Expr next = vectors[i];
            next -= basis.MatMul(next).MatMul(basis);
            next -= basis.MatMul(next).MatMul(basis);
            return basis.At(i).Set(next / next.Norm());
        }, vectors.ZerosLike());
        return (rows <= columns ? basis : basis.Transpose()).Reshape(shape).Cast(type);
    }

    private static double Fan(Shape shape, FanMode mode)
    {
        int[] extents = shape.ToArray();
        if (extents.Length < 2)
        {
            throw new ShapeException($"init: {shape} has no fans; [inputs, outputs] or [outputs, inputs, window…] is wanted.").Here();
        }

        double window = extents[2..].Aggregate(1.0, (product, extent) => product * extent);
        (double inputs, double outputs) = extents.Length == 2 ? (extents[0], extents[1]) : (extents[1] * window, extents[0] * window);
        double fan = mode switch
        {
            FanMode.In => inputs,
            FanMode.Out => outputs,
            _ => (inputs + outputs) / 2.0,
        };
        return Math.Max(fan, 1.0);
    }
}

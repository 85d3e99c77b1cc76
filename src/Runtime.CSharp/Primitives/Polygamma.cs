using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Derivatives of the digamma function ψ = (ln Γ)′, elementwise. y = ψ⁽ⁿ⁾(x), dy = ψ⁽ⁿ⁺¹⁾(x) dx (DLMF §5.15).</summary>
/// <remarks>Order 0 is digamma, 1 trigamma. At 0, −1, −2 …: NaN for even orders, where the sides differ, and ∞ for odd ones.</remarks>
/// <param name="Order">n, at least 0.</param>
public sealed partial record Polygamma(int Order) : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "polygamma";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    private protected override double Work => 50;

    /// <summary>Draws an order and a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Polygamma(source.Int(0, 3)), Domain.Positive);

    private protected override TensorType ResultType(TensorType x) =>
        Order >= 0 ? x : throw new TypeRuleException($"{Name}: the order is at least 0, not {Order}.");

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x)
    {
        if (Order == 0)
        {
            return builder.Apply(LoopFunctions.Get("digamma", x.Type), x);
        }

        LoopValue order = builder.Constant(Core.Scalar.Of(DType.I32, (long)Order));
        LoopValue wide = builder.Convert(x, DType.F64);
        return builder.Convert(builder.Call(((Func<int, double, double>)Kernels.GammaFunctions.Polygamma).Method, order, wide), x.Type);
    }

    private protected override Kernel? Float32 => Order == 0 ? MapKernel<float, Kernels.DigammaFunction>.Instance : base.Float32;

    private protected override Kernel? Float64 => Order == 0 ? MapKernel<double, Kernels.DigammaFunction>.Instance : base.Float64;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Kernels.GammaFunctions.Polygamma(Order, x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * Ops.Polygamma(Order + 1, x);
}

public static partial class Ops
{
    /// <summary>The derivative of this order of digamma.</summary>
    public static Value Polygamma(int order, Value x) => Apply(new Polygamma(order), x);

    /// <summary>ψ = (ln Γ)′.</summary>
    public static Value Digamma(Value x) => Polygamma(0, x);
}

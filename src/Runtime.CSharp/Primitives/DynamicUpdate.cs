using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A tensor with a part replaced, from starts that are known when it runs.</summary>
/// <remarks>
/// <para>Operands: x, the update, then an integer scalar for each axis.</para>
/// <para>Shape: the operand's. A start out of range is an error where checked; otherwise it moves to the nearest in range, as
/// StableHLO's.</para>
/// <para>An operand that nobody else holds is updated in place: O(size of the update).</para>
/// <para>Derivative: linear in x and the update. The transpose reads the part for the update, and clears it for x.</para>
/// </remarks>
/// <param name="Checked">Whether a start out of range is an error.</param>
public sealed partial record DynamicUpdate(bool Checked) : DynamicWrite
{
    /// <inheritdoc/>
    public override string Name => "dynamic_update";

    /// <inheritdoc/>
    private protected override bool IsChecked => Checked;

    /// <inheritdoc/>
    private protected override ScatterUpdate Kind => ScatterUpdate.Set;

    /// <summary>Draws a tensor, an update that fits, and starts.</summary>
    public static Sample Draw(SampleSource source)
    {
        bool isChecked = source.Bool();
        return new(new DynamicUpdate(isChecked), DrawOperands(source, isChecked));
    }
}

public static partial class Ops
{
    /// <summary>x with the part from starts, integer scalars, one for each axis, replaced.</summary>
    public static Value DynamicUpdate(Value x, Value update, IEnumerable<Value> starts, bool isChecked = false) =>
        Apply(new DynamicUpdate(isChecked), [x, update, .. starts]);
}

using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A tensor with an update added to a part, from starts that are known when it runs.</summary>
/// <remarks>
/// <para>Operands: x, the update, then an integer scalar for each axis.</para>
/// <para>Shape: the operand's. A start out of range is an error where checked; otherwise it moves to the nearest in range.</para>
/// <para>An operand that nobody else holds is updated in place: O(size of the update). It is the transpose of dynamic_slice.</para>
/// <para>Derivative: linear in x and the update. The transpose reads the part for the update.</para>
/// </remarks>
/// <param name="Checked">Whether a start out of range is an error.</param>
public sealed partial record DynamicAdd(bool Checked) : DynamicWrite
{
    /// <inheritdoc/>
    public override string Name => "dynamic_add";

    /// <inheritdoc/>
    private protected override bool IsChecked => Checked;

    /// <inheritdoc/>
    private protected override ScatterUpdate Kind => ScatterUpdate.Add;

    /// <summary>Draws a tensor, an update that fits, and starts.</summary>
    public static Sample Draw(SampleSource source)
    {
        bool isChecked = source.Bool();
        return new(new DynamicAdd(isChecked), DrawOperands(source, isChecked));
    }
}

public static partial class Ops
{
    /// <summary>x with an update added to the part from starts, integer scalars, one for each axis.</summary>
    public static Value DynamicAdd(Value x, Value update, IEnumerable<Value> starts, bool isChecked = false) =>
        Apply(new DynamicAdd(isChecked), [x, update, .. starts]);
}

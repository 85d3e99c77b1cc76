using System.Runtime.CompilerServices;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>Watches a run for numbers that are not finite: where they are born, and what they make of others.</summary>
internal sealed class NonFiniteWatch : Watch
{
    private readonly ConditionalWeakTable<HostValue, Birth> sources = [];

    /// <summary>The first birth of all; null where there was none.</summary>
    internal Birth? First { get; private set; }

    /// <summary>The first constant that is not finite; null where there is none.</summary>
    internal Node? Constant { get; private set; }

    /// <summary>Where the numbers in a value that are not finite come from; null where they came with the data.</summary>
    internal Birth? SourceOf(HostValue value) => sources.TryGetValue(value, out Birth? birth) ? birth : null;

    /// <inheritdoc/>
    protected override void Visit(Node node, ReadOnlySpan<HostValue> operands, ReadOnlySpan<HostValue> results)
    {
        foreach (HostValue result in results)
        {
            if (result is not NDArray array || Finite.FirstBad(array) < 0 || sources.TryGetValue(array, out _))
            {
                continue;
            }

            if (node.Primitive is Constant)
            {
                Constant ??= node;
                continue;
            }

            Birth? source = node.Primitive is BodyPrimitive ? Inherited(operands) : BornIn(node, operands, array) ?? Inherited(operands);
            source ??= First;
            if (source is not null)
            {
                sources.Add(array, source);
            }
        }
    }

    private Birth? BornIn(Node node, ReadOnlySpan<HostValue> operands, NDArray result)
    {
        NDArray[] arrays = [.. operands.ToArray().OfType<NDArray>()];
        int element = FirstBorn(node, arrays, result);
        if (element < 0)
        {
            return null;
        }

        bool fromInfinity = Finite.IsNaN(result.At(element)) && arrays.Any(operand => AtOrAny(operand, result, element));
        var birth = new Birth(node, arrays, result, element, Here, fromInfinity ? Inherited(operands) : null);
        First ??= birth;
        return birth;
    }

    /// <summary>The first element that is not finite although its operands are, or that is NaN although none of its operands is.</summary>
    private static int FirstBorn(Node node, NDArray[] operands, NDArray result)
    {
        if (node.Primitive is Select or Gather or Broadcast or StackGet)
        {
            return -1;
        }

        bool elementwise = node.Primitive is ElementwisePrimitive;
        if (!elementwise)
        {
            int bad = Finite.FirstNaN(result) is var nan && nan >= 0 ? nan : Finite.FirstBad(result);
            return Array.TrueForAll(operands, operand => Finite.FirstBad(operand) < 0)
                || (nan >= 0 && Array.TrueForAll(operands, operand => Finite.FirstNaN(operand) < 0)) ? bad : -1;
        }

        int infinite = -1;
        for (int at = Finite.FirstBad(result); at >= 0; at = Finite.FirstBad(result, at + 1))
        {
            bool nan = Finite.IsNaN(result.At(at));
            if (Array.TrueForAll(operands, operand => nan ? !Finite.IsNaN(operand.At(at)) : Finite.IsFinite(operand.At(at))))
            {
                if (nan)
                {
                    return at;
                }

                infinite = infinite < 0 ? at : infinite;
            }
        }

        return infinite;
    }

    private static bool AtOrAny(NDArray operand, NDArray result, int element) =>
        operand.Shape.Equals(result.Shape) ? !Finite.IsFinite(operand.At(element)) : Finite.FirstBad(operand) >= 0;

    private Birth? Inherited(ReadOnlySpan<HostValue> operands)
    {
        Birth? found = null;
        foreach (HostValue operand in operands)
        {
            if (sources.TryGetValue(operand, out Birth? source) && (found is null || source.IsNaN))
            {
                found = source;
            }
        }

        return found;
    }

    /// <summary>A number that became NaN or infinite.</summary>
    /// <param name="Node">The operation.</param>
    /// <param name="Operands">What it read.</param>
    /// <param name="Result">What it gave.</param>
    /// <param name="Element">Which element.</param>
    /// <param name="Where">The bodies that it ran in.</param>
    /// <param name="Cause">Where the infinity was born that made a NaN of it; null where there was none.</param>
    internal sealed record Birth(Node Node, NDArray[] Operands, NDArray Result, int Element, Place? Where, Birth? Cause)
    {
        internal bool IsNaN => Finite.IsNaN(Result.At(Element));
    }
}

using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Nodes whose result has a rule for an element.</summary>
internal sealed partial class RegionLowering
{
    private TensorLocal Element(Frame frame, Node node)
    {
        TensorType type = node.Result.Tensor;
        ImmutableArray<TensorLocal> operands = Formed([.. node.Operands.Select(frame.Tensor)]);
        double joined = ElementWork.Joined(node);
        bool fewInstructions = type.Shape.Size * joined <= Sizes.MostUnrolledWork;
        if (Sizes.InRegisters(type) && fewInstructions)
        {
            return InRegisters(node, Readable(operands, ElementWork.ReadsAnywhere(node.Primitive)));
        }

        Formula formula = AsFormula(node, Readable(operands, anywhere: true), joined);
        bool lazily = !ElementWork.MayFail(node)
            && !ElementWork.IsJoining(node.Primitive)
            && formula.Work <= Sizes.MostWork
            && !(node.Primitive is Permute && frame.Demand[node.Result] >= Demand.Many)
            && (formula.Work <= Sizes.CheapWork || frame.Demand[node.Result] <= 1)
            && (formula.Pending is null || frame.IsReadInPlace(node.Result));
        return lazily ? formula : Kept(frame, node, formula);
    }

    /// <summary>All elements, each by itself.</summary>
    private Registers InRegisters(Node node, ImmutableArray<TensorLocal> operands)
    {
        TensorType type = node.Result.Tensor;
        ElementRule rule = Rules.Of(node)!;
        ImmutableArray<ElementSource> sources = [.. operands.Select(operand => operand.Source(builder))];
        return new(type, At(node, () => Places.All(builder, type.Shape.ToArray()).Select(index => rule(builder, sources, index)).ToImmutableArray()));
    }

    /// <summary>The result as a function of the index, or of the place where the rule and the operands allow that.</summary>
    private Formula AsFormula(Node node, ImmutableArray<TensorLocal> operands, double joined)
    {
        TensorType type = node.Result.Tensor;
        ElementRule rule = Rules.Of(node)!;
        ImmutableArray<ElementSource> sources = [.. operands.Select(operand => operand.Source(builder))];
        Func<LoopValue, LoopValue>? flat = Flat(node, operands, rule);
        return new(
            type,
            [.. operands.SelectMany(operand => operand.Reads).Distinct()],
            ElementWork.Own(node) + (joined * operands.Sum(operand => operand.Work)),
            index => At(node, () => rule(builder, sources, index)),
            flat is null ? null : place => At(node, () => flat(place)),
            Cuts.Of(node, operands),
            operands.Select(operand => operand.Pending).OfType<PendingProduct>().FirstOrDefault());
    }

    /// <summary>Operands of which one alone waits for a product: those before are put into memory.</summary>
    private ImmutableArray<TensorLocal> Formed(ImmutableArray<TensorLocal> operands)
    {
        TensorLocal? last = operands.LastOrDefault(operand => operand.Pending is not null);
        return [.. operands.Select(operand => operand.Pending is null || ReferenceEquals(operand, last) ? operand : workspace.Materialise(operand))];
    }

    private Func<LoopValue, LoopValue>? Flat(Node node, ImmutableArray<TensorLocal> operands, ElementRule rule)
    {
        if (!operands.All(operand => operand.IsFlat))
        {
            return null;
        }

        switch (node.Primitive)
        {
            case ElementwisePrimitive:
                ImmutableArray<ElementSource> sources = [.. operands.Select<TensorLocal, ElementSource>(operand => index => operand.AtFlat(builder, index[0]))];
                return place => rule(builder, sources, [place]);
            case Reshape:
                return place => operands[0].AtFlat(builder, place);
            case Broadcast when operands[0].Size == 1:
                return _ => operands[0].AtFlat(builder, builder.Index(0));
            case Constant:
                return _ => rule(builder, [], []);
            default:
                return null;
        }
    }

    /// <summary>A tensor in memory of its own: that of the region's result, where it is one.</summary>
    private Stored Kept(Frame frame, Node node, TensorLocal local) =>
        workspace.Materialise(local, Target(frame, node.Results[0]));

    /// <summary>The memory of the region's result, where a value is one; given once.</summary>
    private static LoopBuffer? Target(Frame frame, Value value) => frame.Targets.Remove(value, out LoopBuffer? target) ? target : null;

    /// <summary>Operands that can be read at places that are not known: those in registers are written to memory where they are many.</summary>
    private ImmutableArray<TensorLocal> Readable(ImmutableArray<TensorLocal> operands, bool anywhere) => !anywhere
        ? operands
        : [.. operands.Select(operand => operand is Registers { Size: > Sizes.MostChoices } ? workspace.Materialise(operand) : operand)];

    /// <summary>Builds what belongs to a node, so that errors say where.</summary>
    private T At<T>(Node node, Func<T> build)
    {
        Action<AdjointException>? outer = builder.Site;
        builder.Site = error => error.Locate(node.Primitive.Name, node.Origin.ToString());
        try
        {
            return build();
        }
        finally
        {
            builder.Site = outer;
        }
    }
}

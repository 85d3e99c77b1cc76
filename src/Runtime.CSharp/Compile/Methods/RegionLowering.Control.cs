using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Calls, branches and loops. Results are held once for whoever takes them, and operands are given up.</summary>
internal sealed partial class RegionLowering
{
    private ImmutableArray<Local> Control(Frame frame, Node node) => node.Primitive switch
    {
        Cond cond => Branch(frame, node, ChoiceOf(frame, node), [cond.Else.Graph, cond.Then.Graph]),
        Switch choice => Branch(frame, node, ChoiceOf(frame, node), [.. choice.Branches.Select(branch => branch.Graph)]),
        While loop => WhileHolds(frame, node, loop),
        Repeat repeat => Repeated(frame, node, repeat),
        Scan scan => Scanned(frame, node, scan, builder.Index(0), builder.Index(scan.Length)),
        _ => Called(frame, node, Lowerable.Inner(node.Primitive)!),
    };

    private ImmutableArray<Local> Called(Frame frame, Node node, Graph body)
    {
        var inner = new Frame(body, workspace) { IsCalled = true };
        for (int i = 0; i < node.Results.Length; i++)
        {
            if (frame.Targets.Remove(node.Results[i], out LoopBuffer? target))
            {
                inner.Targets.TryAdd(body.Results[i], target);
            }
        }

        Bind(inner, Operands(frame, node));
        GiveUp(frame, node);
        return Finish(inner);
    }

    private static ImmutableArray<Local> Operands(Frame frame, Node node) => [.. node.Operands.Select(operand => frame[operand])];

    private LoopValue ChoiceOf(Frame frame, Node node) => frame.Tensor(node.Operands[0]).AtFlat(builder, builder.Index(0));

    /// <summary>n steps of a repeat.</summary>
    private ImmutableArray<Local> Repeated(Frame frame, Node node, Repeat repeat)
    {
        LoopValue count = builder.Maximum(ChoiceOf(frame, node), builder.Index(0));
        ImmutableArray<Local> constants = Settled(Operands(frame, node)[1..(1 + repeat.Constants)]);
        var carries = new Carries(this, frame, node, repeat.Step.Graph, 1 + repeat.Constants, node.Results.Length, 1 + repeat.Constants);
        return Loop(frame, node, carries, constants, () => builder.Serial(count, carries.Initial, (i, values) =>
        {
            LoopValue k = repeat.Reverse ? count - builder.Index(1) - i : i;
            var index = new Registers(TensorType.Of(DType.I64), [k]);
            return Step(repeat.Step.Graph, carries, [index, .. constants, .. carries.At(values)], values);
        }));
    }

    private ImmutableArray<Local> WhileHolds(Frame frame, Node node, While loop)
    {
        ImmutableArray<Local> constants = Settled(Operands(frame, node)[..loop.Constants]);
        var carries = new Carries(this, frame, node, loop.Step.Graph, loop.Constants, node.Results.Length, loop.Constants);
        return Loop(frame, node, carries, constants, () => builder.While(
            carries.Initial,
            values => Holds(loop.Condition.Graph, constants, carries.At(values)),
            values => Step(loop.Step.Graph, carries, [.. constants, .. carries.At(values)], values)));
    }

    /// <summary>Whether a condition holds. It leaves what it reads as it is.</summary>
    private LoopValue Holds(Graph condition, ImmutableArray<Local> constants, ImmutableArray<Local> carry)
    {
        foreach (Local local in carry)
        {
            workspace.Hold(local);
        }

        ImmutableArray<Local> results = Run(condition, [.. constants, .. carry]);
        LoopValue holds = ((TensorLocal)results[0]).AtFlat(builder, builder.Index(0));
        foreach (Local local in carry.Add(results[0]))
        {
            workspace.Release(local);
        }

        return holds;
    }

    /// <summary>Some steps of a scan, from a first one on: all of them, unless nothing is carried.</summary>
    private ImmutableArray<Local> Scanned(Frame frame, Node node, Scan scan, LoopValue firstStep, LoopValue count)
    {
        ImmutableArray<Local> operands = Operands(frame, node);
        int firstX = scan.Constants + scan.Carries;
        ImmutableArray<Local> constants = Settled(operands[..scan.Constants]);
        ImmutableArray<TensorLocal> xs = Readable([.. operands[firstX..].Cast<TensorLocal>()], anywhere: true);
        ImmutableArray<Stored> ys = [.. node.Results.Skip(scan.Carries).Select(result => Fresh(frame, result))];
        Graph step = scan.Step.Graph;
        var carries = new Carries(this, frame, node, step, scan.Constants, scan.Carries, scan.Constants);
        ImmutableArray<Local> ends = Loop(frame, node, carries, [.. constants, .. xs], () => builder.Serial(count, carries.Initial, (i, values) =>
        {
            LoopValue turn = builder.Add(firstStep, i);
            LoopValue k = scan.Reverse ? builder.Index(scan.Length - 1) - turn : turn;
            return Step(step, carries, [.. constants, .. carries.At(values), .. xs.Select(x => Slice(x, k))], values, y =>
            {
                LoopValue offset = builder.Multiply(k, builder.Index(y.Size));
                Copying.Write(builder, y.Local, ys[y.Place].Buffer, offset);
            });
        }));
        return [.. ends, .. ys.Select(SettledResult)];
    }

    private Local SettledResult(Stored y)
    {
        workspace.Hold(y);
        TensorLocal settled = Settled(y);
        if (settled is Registers)
        {
            workspace.Release(y);
        }

        return settled;
    }

    /// <summary>Row k of a tensor.</summary>
    private TensorLocal Slice(TensorLocal x, LoopValue k)
    {
        TensorType type = x.Type with { Shape = x.Type.Shape.Remove(0) };
        LoopValue first = builder.Multiply(k, builder.Index(type.Shape.Size));
        TensorLocal row = x is Stored stored
            ? new Stored(type, stored.Buffer, builder.Add(stored.Offset, first))
            : new Formula(
                type,
                x.Reads,
                x.Work,
                index => x.At(builder, index.Insert(0, k)),
                x.IsFlat ? place => x.AtFlat(builder, builder.Add(first, place)) : null);
        return Sizes.InRegisters(type) ? workspace.Load(row) : row;
    }

    /// <summary>Runs a loop whose constants and slices stay as they are; gives the carries at the end.</summary>
    private ImmutableArray<Local> Loop(
        Frame frame, Node node, Carries carries, ImmutableArray<Local> constants, Func<ImmutableArray<LoopValue>> run)
    {
        foreach (Local constant in constants)
        {
            workspace.Hold(constant);
        }

        GiveUp(frame, node);
        ImmutableArray<Local> results = carries.At(run());
        foreach (Local result in results)
        {
            workspace.Hold(result);
        }

        carries.Unpin();
        foreach (Local constant in constants)
        {
            workspace.Release(constant);
        }

        return results;
    }

    /// <summary>One step: what is carried on, after what is stacked was handed over.</summary>
    private ImmutableArray<LoopValue> Step(
        Graph step,
        Carries carries,
        ImmutableArray<Local> arguments,
        ImmutableArray<LoopValue> values,
        Action<(TensorLocal Local, int Place, int Size)>? stacked = null)
    {
        ImmutableArray<Local> results = Run(step, arguments);
        for (int i = carries.Count; i < results.Length; i++)
        {
            var slice = (TensorLocal)results[i];
            stacked!((slice, i - carries.Count, slice.Size));
        }

        ImmutableArray<LoopValue> next = carries.Advance(results[..carries.Count], values);
        foreach (Local result in results)
        {
            workspace.Release(result);
        }

        return next;
    }

    /// <summary>Constants of a loop: what is computed is computed before it, unless that takes next to nothing.</summary>
    private ImmutableArray<Local> Settled(ImmutableArray<Local> locals) => [.. locals.Select(local => local switch
    {
        Formula formula when Sizes.InRegisters(formula.Type) => workspace.Load(formula),
        Formula { Work: > Sizes.CheapWork } formula => workspace.Materialise(formula),
        _ => local,
    })];
}

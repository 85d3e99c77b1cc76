using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>
/// A rule that turns gradients into updates, which are added to parameters. It is a value without state: what it remembers is handed
/// in and out, so that it can be compiled, carried through loops, batched, saved and differentiated.
/// </summary>
/// <remarks>
/// <para>The state is the number of updates so far, one i64, and then for each name of <see cref="Memory"/> one leaf for every parameter,
/// of its type. Integer and bool parameters have no update; their memory is zeros.</para>
/// <para>Parameters of f16 and bf16 are updated in f32; updates and memory are rounded to be stored.</para>
/// </remarks>
public sealed class Optimizer
{
    private readonly OptimizerRule rule;

    internal Optimizer(IReadOnlyList<OptimizerMemory> slots, OptimizerRule rule)
    {
        Slots = slots;
        this.rule = rule;
    }

    /// <summary>The names of what is remembered for every parameter.</summary>
    public IReadOnlyList<string> Memory => [.. Slots.Select(slot => slot.Name)];

    internal IReadOnlyList<OptimizerMemory> Slots { get; }

    /// <summary>A rule of one's own that treats every parameter alike and by itself.</summary>
    /// <param name="memory">What is remembered, by name; it starts as zeros.</param>
    /// <param name="rule">(gradient, parameter, memory, number of updates so far) → (update, memory).</param>
    public static Optimizer OfLeaf(
        IReadOnlyList<string> memory, Func<Expr, Expr, Expr[], Expr, (Expr Update, Expr[] Memory)> rule) =>
        OfLeaf([.. memory.Select(name => new OptimizerMemory(name, 0.0))], rule);

    /// <summary>What it remembers of each parameter.</summary>
    public override string ToString() => Slots.Count == 0 ? "optimizer without memory" : $"optimizer that remembers {string.Join(", ", Memory)}";

    /// <summary>The state before the first update.</summary>
    public Expr[] Init(params Expr[] parameters) =>
    [
        Tensors.Zeros(DType.I64),
        .. Slots.SelectMany(slot => parameters.Select(leaf =>
            leaf.Type.HasTangent ? Tensors.Full(leaf.DType, leaf.Shape, slot.Start) : leaf.ZerosLike())),
    ];

    /// <summary>Updates, to be added to the parameters, and the next state.</summary>
    /// <param name="gradients">For each parameter, of its type.</param>
    /// <param name="state">What <see cref="Init"/> or the last update gave.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="paths">What they are called in messages and masks.</param>
    /// <exception cref="StructureException">The numbers of leaves do not fit, or a gradient is not of its parameter's type.</exception>
    public (Expr[] Updates, Expr[] State) Update(
        Expr[] gradients, Expr[] state, Expr[] parameters, IReadOnlyList<string>? paths = null)
    {
        string[] names = [.. parameters.Select((_, i) => paths?[i] ?? $"[{i}]")];
        Check(gradients, state, parameters, names);
        int count = parameters.Length;
        int[] active = [.. Enumerable.Range(0, count).Where(i => parameters[i].Type.HasTangent)];
        Expr[][] memory = [.. Slots.Select((_, slot) => active.Select(i => state[1 + (slot * count) + i]).ToArray())];
        var moment = new OptimizerMoment(state[0], Pick(parameters, active), [.. active.Select(i => names[i])]);
        (Expr[] updates, Expr[][] next) = rule(moment, Pick(gradients, active), memory);
        Expr[] all = [state[0] + 1, .. state[1..]];
        for (int slot = 0; slot < next.Length; slot++)
        {
            Put(all, 1 + (slot * count), active, next[slot]);
        }

        Expr[] changes = [.. gradients];
        Put(changes, 0, active, updates);
        return (changes, all);
    }

    /// <summary>The parameters after an update, and the next state.</summary>
    public (Expr[] Parameters, Expr[] State) Step(
        Expr[] gradients, Expr[] state, Expr[] parameters, IReadOnlyList<string>? paths = null)
    {
        (Expr[] updates, Expr[] next) = Update(gradients, state, parameters, paths);
        return ([.. parameters.Select((leaf, i) => leaf.Type.HasTangent ? leaf + updates[i] : leaf)], next);
    }

    internal static Optimizer OfLeaf(
        IReadOnlyList<OptimizerMemory> slots, Func<Expr, Expr, Expr[], Expr, (Expr Update, Expr[] Memory)> rule) =>
        new(slots, (moment, gradients, memory) =>
        {
            var updates = new Expr[gradients.Length];
            Expr[][] next = [.. memory.Select(leaves => new Expr[leaves.Length])];
            for (int i = 0; i < updates.Length; i++)
            {
                DType own = gradients[i].DType;
                Expr[] held = [.. memory.Select(leaves => Wide(leaves[i]))];
                (Expr update, Expr[] kept) = rule(Wide(gradients[i]), Wide(moment.Parameters[i]), held, moment.Step);
                updates[i] = update.Cast(own);
                for (int slot = 0; slot < next.Length; slot++)
                {
                    next[slot][i] = kept[slot].Cast(own);
                }
            }

            return (updates, next);
        });

    internal (Expr[] Updates, Expr[][] Memory) Apply(OptimizerMoment moment, Expr[] gradients, Expr[][] memory) =>
        rule(moment, gradients, memory);

    /// <summary>Stored numbers as those that one calculates with.</summary>
    internal static Expr Wide(Expr x) => x.DType is DType.F16 or DType.BF16 ? x.Cast(DType.F32) : x;

    private static Expr[] Pick(Expr[] leaves, int[] places) => [.. places.Select(i => leaves[i])];

    private static void Put(Expr[] leaves, int start, int[] places, Expr[] values)
    {
        for (int i = 0; i < places.Length; i++)
        {
            leaves[start + places[i]] = values[i];
        }
    }

    private void Check(Expr[] gradients, Expr[] state, Expr[] parameters, string[] names)
    {
        int wanted = 1 + (Slots.Count * parameters.Length);
        if (gradients.Length != parameters.Length || state.Length != wanted)
        {
            throw new StructureException(
                $"optimizer: {parameters.Length} parameters, {gradients.Length} gradients and a state of {state.Length} leaves, not {wanted}. "
                    + "Use the state that Init of this optimizer made of these parameters.").Here();
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            TensorType type = parameters[i].Type;
            if (!type.HasTangent)
            {
                continue;
            }

            Match($"the gradient of {names[i]}", gradients[i], type);
            for (int slot = 0; slot < Slots.Count; slot++)
            {
                Match($"the memory \"{Slots[slot].Name}\" of {names[i]}", state[1 + (slot * parameters.Length) + i], type);
            }
        }
    }

    private static void Match(string what, Expr leaf, TensorType type)
    {
        if (!leaf.Type.Equals(type))
        {
            throw new StructureException($"optimizer: {what} is {leaf.Type}, the parameter is {type}. "
                + "Gradient and state must be those of these parameters.").Here();
        }
    }
}

/// <summary>A memory of every parameter: its name and the number that it starts with.</summary>
internal sealed record OptimizerMemory(string Name, double Start);

/// <summary>What a rule sees beside gradients: the number of updates so far, and the parameters with tangents and their names.</summary>
internal sealed record OptimizerMoment(Expr Step, Expr[] Parameters, string[] Paths);

/// <summary>Gradients of parameters with tangents, and memory by name and parameter, become updates and memory.</summary>
internal delegate (Expr[] Updates, Expr[][] Memory) OptimizerRule(OptimizerMoment moment, Expr[] gradients, Expr[][] memory);

using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>How a primitive that runs bodies hands operands to them and takes their results: what passes need to know of calls, branches and loops.</summary>
/// <remarks>
/// The bodies' parameters are (index of the step, where there is one; constants; carries; slices), and parameter j is operand j +
/// <see cref="Lead"/>. Of calls and branches all parameters are constants. Result i of the node is result i of every body but a loop's
/// condition; the first <see cref="Carries"/> of them are carries.
/// </remarks>
internal sealed class Region
{
    private readonly Func<ImmutableArray<Body>, int, int, Primitive> make;

    private Region(ImmutableArray<Body> bodies, Func<ImmutableArray<Body>, int, int, Primitive> make)
    {
        Bodies = bodies;
        Constants = bodies[0].Graph.Parameters.Length;
        this.make = make;
    }

    /// <summary>The bodies; the condition of a while stands last.</summary>
    internal ImmutableArray<Body> Bodies { get; }

    /// <summary>How many operands stand before those that the bodies take: the choice of a branch.</summary>
    internal int Lead { get; private init; }

    /// <summary>The first parameter that is a constant: behind the index of a repeat's step.</summary>
    internal int FirstConstant { get; private init; }

    /// <summary>How many parameters are constants.</summary>
    internal int Constants { get; private init; }

    /// <summary>How many parameters are carried.</summary>
    internal int Carries { get; private init; }

    /// <summary>Whether the last body is a condition, whose result is none of the node's.</summary>
    internal bool HasCondition { get; private init; }

    /// <summary>Whether steps follow each other.</summary>
    internal bool IsLoop { get; private init; }

    /// <summary>How many bodies give the node's results.</summary>
    internal int ResultBodies => Bodies.Length - (HasCondition ? 1 : 0);

    /// <summary>How many parameters each body has.</summary>
    internal int Parameters => Bodies[0].Graph.Parameters.Length;

    /// <summary>The first parameter that is carried.</summary>
    internal int FirstCarry => FirstConstant + Constants;

    /// <summary>The first parameter that is a slice.</summary>
    internal int FirstSlice => FirstCarry + Carries;

    /// <summary>The region of a primitive; null of one without bodies, or whose bodies passes leave alone.</summary>
    internal static Region? Of(Primitive primitive) => primitive switch
    {
        Call call => new([call.Body], (bodies, _, _) => new Call(bodies[0])),
        Checkpoint point => new([point.Body], (bodies, _, _) => new Checkpoint(bodies[0])),
        Cond cond => new([cond.Then, cond.Else], (bodies, _, _) => new Cond(bodies[0], bodies[1])) { Lead = 1 },
        Switch choice => new(choice.Branches.Items, (bodies, _, _) => new Switch(new Bodies(bodies))) { Lead = 1 },
        While loop => new([loop.Step, loop.Condition], (bodies, constants, _) => new While(bodies[1], bodies[0], constants))
        {
            Constants = loop.Constants,
            Carries = loop.Step.Graph.Results.Length,
            HasCondition = true,
            IsLoop = true,
        },
        Repeat loop => new([loop.Step], (bodies, constants, _) => new Repeat(bodies[0], constants, loop.Reverse))
        {
            FirstConstant = 1,
            Constants = loop.Constants,
            Carries = loop.Step.Graph.Results.Length,
            IsLoop = true,
        },
        Scan loop => new([loop.Step], (bodies, constants, carries) => new Scan(bodies[0], constants, carries, loop.Length, loop.Reverse))
        {
            Constants = loop.Constants,
            Carries = loop.Carries,
            IsLoop = true,
        },
        _ => null,
    };

    /// <summary>Whether a parameter is carried.</summary>
    internal bool IsCarry(int parameter) => parameter >= FirstCarry && parameter < FirstSlice;

    /// <summary>Whether a parameter is the same in every step.</summary>
    internal bool IsConstant(int parameter) => parameter >= FirstConstant && parameter < FirstCarry;

    /// <summary>The same primitive over other bodies, with so many constants and carries.</summary>
    internal Primitive With(ImmutableArray<Body> bodies, int constants, int carries) => make(bodies, constants, carries);
}

using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Makes programs of the loop language ready to run. All engines give the same bits.</summary>
public interface ILoopEngine
{
    /// <summary>The name in descriptions: il, blocks.</summary>
    string Name { get; }

    /// <summary>Code for a program.</summary>
    LoopCode Compile(LoopProgram program);
}

/// <summary>A program made ready by an engine. It keeps nothing from one run to the next, and several threads may run it at a time.</summary>
public abstract class LoopCode
{
    /// <summary>The status of a run that went well.</summary>
    public const int Done = -1;

    /// <summary>The status of a run that was cancelled.</summary>
    public const int Cancelled = -2;

    /// <summary>That it is code.</summary>
    public override string ToString() => "code of a loop program";

    /// <summary>Runs tiles of one phase on the calling thread.</summary>
    /// <param name="phase">Which phase.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="last">One past the last tile.</param>
    /// <param name="buffers">The array of each buffer by number, of its dtype and at least its length. A stack that grows is replaced here.</param>
    /// <param name="cancellation">Looked at now and then in serial loops.</param>
    /// <returns><see cref="Done"/>, <see cref="Cancelled"/>, or the number of a failure of the program.</returns>
    public abstract int Run(int phase, long first, long last, NDArray[] buffers, CancellationToken cancellation);
}

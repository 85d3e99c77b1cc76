using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;
using Adjoint.Kernels;
using BenchmarkDotNet.Attributes;

namespace Calls;

/// <summary>What a call costs beside its arithmetic, and what it allocates, by the way in which it is made.</summary>
[MemoryDiagnoser]
public class CallOverheads
{
    private readonly RunOptions serial = new() { Parallel = Serial.Instance };
    private readonly NDArray[] arguments = [NDArray.Vector(1f, 2, 3, 4)];
    private readonly NDArray[] results = [NDArray.Vector(0f, 0, 0, 0)];
    private readonly Expr expression = Expr.Of(1f, 2, 3, 4);
    private readonly Compiled compiled = Differential.Compile(x => [Function(x[0])]);
    private readonly Func<Expr, Expr> gradient = Differential.Compile(Differential.Grad(x => Function(x).Sum()));
    private readonly Executable executable =
        Executable.Compile(GraphBuilder.Build([TensorType.Of(DType.F32, 4)], x => [Function(x[0])]));

    /// <summary>Four elements in and out, into the caller's buffers.</summary>
    [Benchmark(Baseline = true)]
    public void IntoBuffers() => executable.Run(arguments, results, serial);

    /// <summary>The same on the shared pool.</summary>
    [Benchmark]
    public void IntoBuffersOnThePool() => executable.Run(arguments, results);

    /// <summary>With fresh results.</summary>
    [Benchmark]
    public NDArray[] FreshResults() => executable.Run(arguments);

    /// <summary>A compiled function on arrays.</summary>
    [Benchmark]
    public NDArray[] CompiledOnArrays() => compiled.Run(arguments);

    /// <summary>A compiled function on expressions.</summary>
    [Benchmark]
    public Expr[] CompiledOnExpressions() => compiled.Call(expression);

    /// <summary>A compiled gradient on an expression.</summary>
    [Benchmark]
    public Expr CompiledGradient() => gradient(expression);

    /// <summary>Without compiling: built, looked up and run.</summary>
    [Benchmark]
    public NDArray Observed() => Function(expression).Value();

    private static Expr Function(Expr x) => (2.0 * x) + 1.0;
}

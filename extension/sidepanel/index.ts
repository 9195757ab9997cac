import { mount } from 'svelte';
import '../../web/ui/base.css';
import Panel from './Panel.svelte';

mount(Panel, { target: document.getElementById('panel')! });
